"""The words of our own pages, by language; a language without its own reads English."""

from __future__ import annotations

from collections.abc import Mapping

_ZH = {
    "Feedback": "反馈",
    "Class report": "班级报告",
    "Student": "学生",
    "Students": "学生",
    "Exercise": "练习",
    "Exercises": "各练习",
    "Verdict": "结果",
    "Points": "得分",
    "Percent": "百分比",
    "Status": "状态",
    "To look at": "需要留意",
    "Hint": "提示",
    "Message": "说明",
    "Groups": "分组",
    "More about this": "进一步的提示",
    "Not explained": "尚无提示",
    "by follow-through": "沿用正确的前题",
    "Mean": "平均",
    "Passed": "通过",
    "Verdicts": "各种结果",
    "Mistakes seen most": "最常见的错误",
    "Distribution": "分布",
    "bonus": "附加题",
    "of": "/",
    "points": "分",
    "so far": "（暂计）",
    "Total": "总分",
    "written": "书面题",
    "not graded yet": "尚未批改",
    "graded by hand": "人工评分",
    "Handed in late": "迟交扣分",
    "Your answer": "你的答案",
    "Nothing was handed in.": "没有提交作业。",
    "nothing handed in": "未提交",
    "excused": "免交",
    "You are excused from this assignment: no mark is asked for.": "你已获准免交此作业，不计分。",
    "Handed in for your group by": "由小组成员提交：",
    "Not final yet": "分数未定",
    "Written questions and late penalties are not in here.": "书面题与迟交扣分不包括在内。",
    "Written questions are not in here.": "书面题不包括在内。",
    "Late penalties are not in here.": "迟交扣分不包括在内。",
    "Your notebook was put back into the form of the release before grading:": (
        "批改之前，你的笔记本已恢复为发布时的形式："
    ),
    "This file could not be graded. Mend it and hand it in again.": (
        "无法批改此文件。请修正后重新提交。"
    ),
    "The grader failed, not the submission. Nothing is lost.": (
        "出错的是批改程序，不是提交的作业。没有任何损失。"
    ),
    "Isolation": "隔离级别",
    "Device": "设备",
    "passed": "通过",
    "failed": "未通过",
    "error": "出错",
    "timeout": "超时",
    "memory": "内存不足",
    "missing": "未完成",
    "forbidden": "使用了禁止的操作",
    "deferred": "待评",
    "grader_error": "批改程序出错",
    "graded": "已批改",
    "unreadable": "无法读取",
}
_BY_LANGUAGE: Mapping[str, Mapping[str, str]] = {"zh": _ZH}


def spoken(language: str) -> str:
    """The language that pages are really written in, for `<html lang>`."""
    return language if language.split("-")[0] in _BY_LANGUAGE else "en"


def word(text: str, language: str) -> str:
    """A word of ours in a language."""
    return _BY_LANGUAGE.get(language.split("-")[0], {}).get(text, text)
