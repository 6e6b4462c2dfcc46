"""Count the rosters again: whoever was present in November is expected, by their stays."""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None
additive = True

COUNTS = """
INSERT INTO campaign_standing (establishment_id, campaign_id, partner_id, expected, missing, returned, pending, draft_since)
WITH line AS (
  SELECT d.establishment_id, c.year, l.worker_id, l.processing FROM declaration d
    JOIN campaign c ON c.id = d.campaign_id JOIN declaration_line l ON l.declaration_id = d.id
   WHERE d.received_at IS NOT NULL AND d.superseded_at IS NULL),
present AS (
  SELECT s.establishment_id, c.year, s.worker_id, s.starts_on, c.closes_at FROM worker_stay s
    JOIN campaign c ON s.starts_on < c.reference_ends_on AND (s.ends_on IS NULL OR s.ends_on > c.reference_starts_on)),
person AS (
  SELECT establishment_id, year, worker_id FROM line UNION SELECT establishment_id, year + 1, worker_id FROM line
  UNION SELECT p.establishment_id, p.year, p.worker_id FROM present p
    JOIN activity_change a ON a.worker_id = p.worker_id AND a.establishment_id = p.establishment_id
     AND a.kind = 'ADMISSION' AND a.effective_on = p.starts_on AND a.ended_at IS NULL AND a.received_at < p.closes_at),
standing AS (
  SELECT p.establishment_id, c.id AS campaign_id, l.processing,
    CASE WHEN l.worker_id IS NULL THEN 0 ELSE 1 END AS declared,
    CASE WHEN l.worker_id IS NULL AND w.aah_beneficiary AND (e.ended_on IS NULL OR e.ended_on > c.reference_ends_on)
      AND NOT EXISTS (SELECT 1 FROM beneficiary_answer b WHERE b.establishment_id = p.establishment_id
        AND b.campaign_id = c.id AND b.worker_id = p.worker_id AND b.answer <> 'NONE')
      AND (NOT EXISTS (SELECT 1 FROM worker_stay s WHERE s.worker_id = p.worker_id AND s.establishment_id = p.establishment_id)
        OR EXISTS (SELECT 1 FROM present s WHERE s.worker_id = p.worker_id AND s.establishment_id = p.establishment_id
          AND s.year = p.year))
      AND NOT EXISTS (SELECT 1 FROM line x WHERE x.worker_id = p.worker_id AND x.year = p.year
        AND x.establishment_id <> p.establishment_id) THEN 1 ELSE 0 END AS missing
    FROM person p JOIN campaign c ON c.year = p.year JOIN worker w ON w.id = p.worker_id
    JOIN establishment e ON e.id = p.establishment_id
    LEFT JOIN line l ON l.establishment_id = p.establishment_id AND l.year = p.year AND l.worker_id = p.worker_id)
SELECT e.id, c.id, e.partner_id, COALESCE(SUM(s.declared + s.missing), 0), COALESCE(SUM(s.missing), 0),
  COALESCE(SUM(CASE WHEN s.processing = 'RETURNED' THEN 1 ELSE 0 END), 0),
  COALESCE(SUM(CASE WHEN s.declared = 1 AND s.processing IS NULL THEN 1 ELSE 0 END), 0),
  (SELECT d.prepared_at FROM declaration d WHERE d.establishment_id = e.id AND d.campaign_id = c.id
    AND d.received_at IS NULL AND d.superseded_at IS NULL)
  FROM establishment e CROSS JOIN campaign c
  LEFT JOIN standing s ON s.establishment_id = e.id AND s.campaign_id = c.id
 GROUP BY e.id, c.id, e.partner_id
"""


def upgrade() -> None:
    op.execute("DELETE FROM campaign_standing")
    op.execute(COUNTS)


def downgrade() -> None:
    """The next act of each partner counts its rosters as the step before did."""
