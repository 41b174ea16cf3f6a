"""The TeX commands that a formula of a student may use.

Not among them: what makes links, attributes, styles or ids (`\\href`, `\\class`, `\\style`,
`\\cssId`, `\\unicode`, `\\mmlToken`, `\\bbox`, …), loads (`\\require`, `\\includegraphics`),
defines (`\\def`, `\\newcommand`, `\\let`, `\\csname`: a name defined in one answer holds for the
page), or draws outside the formula (`\\rule`, `\\raise`, `\\llap`, …).
"""

_GREEK = """
alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa varkappa lambda mu nu
xi omicron pi varpi rho varrho sigma varsigma tau upsilon phi varphi chi psi omega digamma Gamma
Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega aleph beth gimel daleth
"""
_LETTERS = """
ell hbar hslash imath jmath Re Im wp partial nabla infty emptyset varnothing complement eth mho
Bbbk
"""
_STYLES = """
mathbf mathbb mathcal mathfrak mathit mathrm mathsf mathscr mathtt mathnormal mathop mathbin
mathrel mathord mathopen mathclose mathpunct mathinner boldsymbol bm pmb bf rm it sf tt cal frak
bold Bbb text textbf textit textrm textsf texttt textnormal textup emph mbox hbox operatorname
displaystyle textstyle scriptstyle scriptscriptstyle tiny scriptsize small normalsize large Large
color textcolor colorbox
"""
_SHAPES = """
frac dfrac tfrac cfrac binom dbinom tbinom genfrac sqrt root of over atop above choose brace brack
stackrel overset underset sideset substack xrightarrow xleftarrow overline underline overbrace
underbrace overrightarrow overleftarrow overleftrightarrow underrightarrow underleftarrow widehat
widetilde hat check breve acute grave tilde bar vec dot ddot dddot ddddot mathring not cancel
bcancel xcancel boxed fbox phantom hphantom vphantom smash mathstrut strut prime backprime sp sb
buildrel intertext shortintertext bigl bigr bigm Bigl Bigr Bigm biggl biggr biggm Biggl Biggr Biggm
big Big bigg Bigg left right middle
"""
_SPACES = """
quad qquad enspace thinspace medspace thickspace negthinspace negmedspace negthickspace
nobreakspace newline cr nonumber notag tag label ref eqref hline hfill hdashline space begin end
limits nolimits displaylimits mod bmod pmod pod
"""
_FUNCTIONS = """
arccos arcsin arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf injlim ker lg lim liminf
limsup ln log max min Pr projlim sec sin sinh sup tan tanh varinjlim varliminf varlimsup varprojlim
"""
_OPERATORS = """
sum prod coprod int iint iiint iiiint oint bigcap bigcup bigsqcup bigvee bigwedge bigodot bigotimes
bigoplus biguplus intop smallint pm mp times div ast star circ bullet cdot cdotp cap cup uplus
sqcap sqcup vee wedge land lor lnot neg setminus smallsetminus wr amalg diamond Diamond lozenge
triangle triangledown triangleleft triangleright bigtriangleup bigtriangledown oplus ominus otimes
oslash odot bigcirc dagger ddagger dotplus ltimes rtimes Cap Cup barwedge veebar circledast
circledcirc circleddash boxplus boxminus boxtimes boxdot divideontimes intercal centerdot surd
"""
_RELATIONS = """
leq le geq ge ll gg lll ggg neq ne lt gt equiv sim simeq approx approxeq cong ncong doteq doteqdot
propto varpropto prec succ preceq succeq subset supset subseteq supseteq subsetneq supsetneq
nsubseteq nsupseteq sqsubset sqsupset sqsubseteq sqsupseteq in ni notin owns vdash dashv models
Vdash vDash Vvdash nvdash nvDash mid nmid shortmid parallel nparallel perp smile frown asymp bowtie
Join leqslant geqslant lesssim gtrsim lessgtr gtrless lessapprox gtrapprox lneq gneq nless ngtr
nleq ngeq nsim coloneqq eqqcolon colon trianglelefteq trianglerighteq between pitchfork therefore
because triangleq circeq bumpeq backsim backsimeq eqsim precsim succsim
"""
_ARROWS = """
to gets leftarrow rightarrow leftrightarrow Leftarrow Rightarrow Leftrightarrow longleftarrow
longrightarrow longleftrightarrow Longleftarrow Longrightarrow Longleftrightarrow implies impliedby
iff mapsto longmapsto hookleftarrow hookrightarrow leftharpoonup leftharpoondown rightharpoonup
rightharpoondown rightleftharpoons leftrightharpoons leadsto uparrow downarrow updownarrow Uparrow
Downarrow Updownarrow nearrow searrow swarrow nwarrow nleftarrow nrightarrow leftleftarrows
rightrightarrows rightleftarrows leftrightarrows rightsquigarrow curvearrowleft curvearrowright
circlearrowleft circlearrowright twoheadrightarrow twoheadleftarrow upharpoonright restriction
"""
_FENCES = """
lbrace rbrace lbrack rbrack langle rangle lceil rceil lfloor rfloor lvert rvert lVert rVert vert
Vert lgroup rgroup lmoustache rmoustache backslash ulcorner urcorner llcorner lrcorner
"""
_MARKS = """
dots ldots cdots vdots ddots dotsb dotsc dotsi dotsm dotso forall exists nexists top bot angle
measuredangle sphericalangle square Box blacksquare bigstar checkmark clubsuit diamondsuit
heartsuit spadesuit flat natural sharp S P pounds yen copyright circledR LaTeX TeX
"""

COMMANDS = frozenset(
    f"{_GREEK} {_LETTERS} {_STYLES} {_SHAPES} {_SPACES} {_FUNCTIONS} {_OPERATORS} {_RELATIONS} "
    f"{_ARROWS} {_FENCES} {_MARKS}".split()
)
