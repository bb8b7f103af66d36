INSERT INTO machines (id, name, site, profile, windows, first_start_ms, last_start_ms)
    VALUES (1, 'compressor-2', 'plant1', 'compressor', 1, 1795341000000, 1795341000000);
INSERT INTO vocabularies (id, labels) VALUES (1, '["normal","bearing-lacking-oil"]');
INSERT INTO models (id, name) VALUES (1, 'tiny@00');
INSERT INTO observations VALUES
    (1, 1795341000000, 1795341010000, 1, 1, 0.875, 'label', 'good', -20.5, 0, 40, 1, x'0000003e0000603f');
INSERT INTO alarms VALUES
    (1, 'bearing-lacking-oil', 'unack_active', '6f1d2c3b-0000-4000-8000-000000000001', 1795341010000, 0.875, 3, 0, 3,
        'warning', 'good');
INSERT INTO events (id, type, machine_id, label, alarm_id, time_ms, windows, message, payload)
    VALUES ('6f1d2c3b-0000-4000-8000-000000000002', 'fault_raised', 1, 'bearing-lacking-oil',
        '6f1d2c3b-0000-4000-8000-000000000001', 1795341010000, '[]', 'three in a row', x'7b7d');
INSERT INTO outbox (event_id, target, topic, payload, qos, retain, created_ms, attempts)
    VALUES ('6f1d2c3b-0000-4000-8000-000000000002', 'json', 't/event', x'7b7d', 1, 0, 1795341010000, 2);
