SELECT (day + time '20:00') AT TIME ZONE 'UTC' AS time, symbol AS index_symbol, close AS value FROM index_values
