SELECT b.id AS benchmark_id, v.day AS value_date, v.close
FROM index_values AS v
JOIN benchmarks AS b ON b.symbol = v.symbol
