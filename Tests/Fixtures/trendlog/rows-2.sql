INSERT INTO summaries (machine_id, resolution_s, bucket_ms, vocabulary_id, windows, incomplete, level_sum, level_max, scores)
    VALUES (1, 3600, 1795338000000, 1, 1, 0, -20.5, -20.5,
        x'000000000000c03f0000003e0000003e000000000000ec3f0000603f0000603f');
INSERT INTO review_items (id, machine_id, start_ms, end_ms, reason, rank, distance_ppm, scores, created_ms, state)
    VALUES ('6f1d2c3b-0000-4000-8000-000000000003', 1, 1795341000000, 1795341010000, 'manual', 0, 0, '[]',
        1795341020000, 'decided');
INSERT INTO decisions (id, item_id, machine_id, start_ms, end_ms, decision, label, user, time_ms, model_id, embedding)
    VALUES ('6f1d2c3b-0000-4000-8000-000000000004', '6f1d2c3b-0000-4000-8000-000000000003', 1, 1795341000000,
        1795341010000, 'label', 'bearing-lacking-oil', 'mei', 1795341030000, 1, x'003c0038');
