"""OCPP 1.6: its payloads, one module per feature profile."""
