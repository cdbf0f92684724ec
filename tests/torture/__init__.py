"""Nothing lost, nothing doubled: what COVERAGE.md lists, tried by kills, power cuts, failing disks and wrong clocks."""
