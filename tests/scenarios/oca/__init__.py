"""The test cases of the Open Charge Alliance for central systems that speak OCPP 1.6: see COVERAGE.md."""
