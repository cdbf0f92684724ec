"""An OCPP central system that runs on a gateway box at the charging site."""

VERSION = "0.1.0"
