"""A profile of the suite's own making is one that TensorFlow and TensorBoard read."""

from __future__ import annotations

from bench.worker.profiling.planes import Event, Plane
from bench.worker.profiling.xplane import write_planes

PLANES = [
    Plane(
        "/host:CPU",
        [
            [
                Event("construct", 1_700_000_000_123_456_789.0, 2_500_000.5),
                Event("aten::mm", 1_700_000_000_100_000_000.0, 0),
            ],
            [],
            [Event("aten::mm", 1_700_000_000_123_500_000.0, 300.0)],
        ],
    ),
    Plane("/device:GPU:0", [[Event("größer", 5.25, 1.0)]]),
]


def test_planes_are_read_as_they_were_written() -> None:
    from tensorflow.tsl.profiler.protobuf import xplane_pb2

    space = xplane_pb2.XSpace()
    space.ParseFromString(write_planes(PLANES))
    assert [plane.name for plane in space.planes] == ["/host:CPU", "/device:GPU:0"]
    for plane, written in zip(space.planes, PLANES, strict=True):
        lines = [line for line in written.lines if line]
        assert len(plane.lines) == len(lines)
        for line, events in zip(plane.lines, lines, strict=True):
            told = [
                (
                    plane.event_metadata[each.metadata_id].name,
                    1000 * line.timestamp_ns + each.offset_ps,
                    each.duration_ps,
                )
                for each in line.events
            ]
            meant = [
                (each.name, round(1000 * each.begin_ns), round(1000 * each.length_ns))
                for each in events
            ]
            assert [each[0] for each in told] == [each[0] for each in meant]
            # Nanoseconds since 1970 are more than a float holds to the last digit.
            assert all(
                abs(a[1] - b[1]) < 1e6 and a[2] == b[2] for a, b in zip(told, meant, strict=True)
            )


def test_nothing_is_an_empty_profile() -> None:
    assert write_planes([]) == b""
