# The kit for instructors on macOS and Windows; nobody in it is root. How to run it, and which
# options its confinement needs: docs/own-course.md, "In a container".
FROM python:3.12-slim-bookworm AS wheel
WORKDIR /source
COPY . .
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

FROM python:3.12-slim-bookworm
# Where torch comes from: its builds without GPU. Another mirror of them: --build-arg TORCH_INDEX=URL
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
COPY constraints.txt /opt/chainrule/
# torch comes first and from that index alone, and stays: any other way to it may choose a build for
# GPUs. What it depends on comes from the usual index, with the kit.
RUN pip install --no-cache-dir --no-deps --constraint /opt/chainrule/constraints.txt \
        --index-url "$TORCH_INDEX" torch \
    && pip list --format=freeze | grep '^torch==' > /opt/chainrule/torch.txt
COPY --from=wheel /wheels /opt/chainrule/wheels
RUN pip install --no-cache-dir --constraint /opt/chainrule/constraints.txt \
        --constraint /opt/chainrule/torch.txt /opt/chainrule/wheels/*.whl

# Any user may run it (`--user`): a home that all may write into, and no other place.
RUN useradd --create-home --home-dir /home/instructor instructor \
    && chmod 0777 /home/instructor \
    && install --directory --owner instructor /course
ENV HOME=/home/instructor
USER instructor
WORKDIR /course
# nbgrader's formgrader: jupyter lab --config=jupyter_server_config.py --ip=0.0.0.0
EXPOSE 8888
ENTRYPOINT ["chainrule"]
CMD ["--help"]
