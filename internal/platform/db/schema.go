package db

import (
	"context"
	"fmt"
	"strings"
)

// Schema writes the schema as text, in a fixed order, for the golden test and for people.
func (d *DB) Schema(ctx context.Context) (string, error) {
	query := `SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'goose_%' AND name NOT LIKE 'sqlite_%'
		AND name NOT LIKE 'search\_text\_%' ESCAPE '\' ORDER BY tbl_name, type DESC, name`
	if d.engine == Postgres {
		query = `SELECT line FROM (
			SELECT table_name AS t, 0 AS k, ordinal_position AS n, table_name || '.' || column_name || ' ' || data_type ||
				CASE is_nullable WHEN 'NO' THEN ' not null' ELSE '' END || COALESCE(' default ' || column_default, '') AS line
			FROM information_schema.columns WHERE table_schema = current_schema() AND table_name NOT LIKE 'goose_%'
			UNION ALL
			SELECT tablename, 1, 0, indexdef FROM pg_indexes WHERE schemaname = current_schema() AND tablename NOT LIKE 'goose_%'
			UNION ALL
			SELECT c.relname, 2, 0, c.relname || ': ' || pg_get_constraintdef(o.oid) FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid
			WHERE o.contype = 'f' AND c.relnamespace = current_schema()::regnamespace
		) x ORDER BY t COLLATE "C", k, n, line COLLATE "C"`
	}
	var lines []string
	err := d.View(ctx, func(tx *Tx) (err error) {
		lines, err = All(tx, String, query)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("read the schema: %w", err)
	}
	return strings.Join(lines, "\n") + "\n", nil
}
