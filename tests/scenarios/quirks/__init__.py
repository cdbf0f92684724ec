"""What real chargers do: every row of the list of quirks as a test with a charger that behaves so."""
