"""The tables of a register: what is gathered, subject after subject; what is looked up; how one becomes the other.

SQLite sorts what does not fit in its memory in files, so that nothing here grows with the dataset but these.
"""

GATHERED = """
PRAGMA gathered.journal_mode = OFF;
PRAGMA gathered.synchronous = OFF;
PRAGMA cache_size = -65536;
PRAGMA gathered.cache_size = -65536;
PRAGMA temp_store = FILE;
CREATE TABLE gathered.claims (iri TEXT, kind INTEGER, time TEXT);
CREATE TABLE gathered.times (
  subject TEXT PRIMARY KEY, startEarliest TEXT, startLatest TEXT, endEarliest TEXT, endLatest TEXT, attestedUntil TEXT,
  observedNotBefore TEXT, observedNotAfter TEXT
) WITHOUT ROWID;
CREATE TABLE gathered.dated (
  kind INTEGER, first INTEGER, iri TEXT, certain_from INTEGER, certain_to INTEGER, held_from INTEGER, held_to INTEGER,
  known_from INTEGER
);
CREATE TABLE gathered.properties (id INTEGER PRIMARY KEY, iri TEXT);
CREATE TABLE gathered.links (subject TEXT, property INTEGER, object TEXT, ours_points INTEGER, ours_pointed INTEGER);
CREATE VIEW gathered.ends AS
  SELECT object AS thing, subject AS other, property, 1 AS pointing FROM links WHERE ours_pointed
  UNION ALL SELECT subject, object, property, 0 FROM links WHERE ours_points;
CREATE TABLE gathered.graphs (graph TEXT, source TEXT, PRIMARY KEY (graph, source)) WITHOUT ROWID;
CREATE TABLE gathered.page_graphs (graph TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE gathered.holders (graph TEXT, agent TEXT, PRIMARY KEY (graph, agent)) WITHOUT ROWID;
CREATE TABLE gathered.publishers (source TEXT, agent TEXT, PRIMARY KEY (source, agent)) WITHOUT ROWID;
CREATE TABLE gathered.sources (iri TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE gathered.above (class TEXT, above TEXT);
CREATE TABLE gathered.kinds (graph TEXT, class TEXT, count INTEGER);
CREATE TABLE gathered.resting (graph TEXT, claim TEXT, evidence TEXT);
CREATE TABLE gathered.quotes (graph TEXT, evidence TEXT, length INTEGER);
CREATE TABLE gathered.starts (graph TEXT, evidence TEXT, start INTEGER);
CREATE TABLE gathered.conflicts (graph TEXT, subject TEXT, object TEXT);
CREATE TABLE gathered.primary_sources (claim TEXT, source TEXT, PRIMARY KEY (claim, source)) WITHOUT ROWID;
CREATE TABLE gathered.stated (graph TEXT PRIMARY KEY, claims INTEGER) WITHOUT ROWID;
"""

FINAL = """
PRAGMA main.page_size = 8192;
PRAGMA main.journal_mode = OFF;
PRAGMA main.synchronous = OFF;
CREATE TABLE facts (name TEXT PRIMARY KEY, value ANY) WITHOUT ROWID;
CREATE TABLE claims (
  id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, certain_from INTEGER, certain_to INTEGER, held_from INTEGER,
  held_to INTEGER, known_from INTEGER
);
CREATE TABLE claim_names (id INTEGER PRIMARY KEY, iri TEXT NOT NULL);
CREATE TABLE days (
  day INTEGER PRIMARY KEY, year INTEGER NOT NULL, changing INTEGER NOT NULL, certain INTEGER NOT NULL,
  possible INTEGER NOT NULL, last_known INTEGER NOT NULL
);
CREATE TABLE sources (
  place INTEGER PRIMARY KEY, iri TEXT NOT NULL UNIQUE, kind INTEGER NOT NULL, claims INTEGER NOT NULL,
  quotes INTEGER NOT NULL, conflicts INTEGER NOT NULL, resting INTEGER, quoted_evidence INTEGER, quoted INTEGER,
  reached INTEGER, bar TEXT, kinds TEXT
);
CREATE TABLE resting (
  source INTEGER, place INTEGER, start INTEGER, length INTEGER, evidence TEXT NOT NULL, number INTEGER NOT NULL,
  claim INTEGER NOT NULL, told INTEGER NOT NULL, PRIMARY KEY (source, place)
) WITHOUT ROWID;
CREATE TABLE positions (
  source INTEGER, start INTEGER, evidence TEXT, PRIMARY KEY (source, start, evidence)
) WITHOUT ROWID;
CREATE TABLE conflicts (place INTEGER PRIMARY KEY, claim TEXT NOT NULL, other TEXT NOT NULL);
CREATE TABLE source_conflicts (
  source INTEGER, claim TEXT, other TEXT, PRIMARY KEY (source, claim, other)
) WITHOUT ROWID;
CREATE TABLE stated (graph TEXT PRIMARY KEY, claims INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE hubs (id INTEGER PRIMARY KEY, iri TEXT NOT NULL UNIQUE, total INTEGER NOT NULL, counted TEXT);
CREATE TABLE links (
  hub INTEGER, place INTEGER, linked TEXT NOT NULL, points INTEGER NOT NULL, named INTEGER NOT NULL, claim INTEGER,
  PRIMARY KEY (hub, place)
) WITHOUT ROWID;
"""

CLAIMS = (
    """
    INSERT INTO claims SELECT NULL, kind, certain_from, certain_to, held_from, held_to, known_from
    FROM gathered.dated ORDER BY kind, first, iri
    """,
    "INSERT INTO claim_names SELECT NULL, iri FROM gathered.dated ORDER BY kind, first, iri",
    "CREATE UNIQUE INDEX claim_iris ON claim_names (iri)",
    "INSERT INTO facts SELECT 'claims', count(*) FROM claims",
    "INSERT INTO facts SELECT 'undated', count(*) FROM claims WHERE held_from IS NULL AND known_from IS NULL",
    "INSERT INTO stated SELECT * FROM gathered.stated ORDER BY graph",
)
"""How claims come in the order of their kinds and of when they began."""

LINKS = (
    """
    CREATE TABLE gathered.candidates AS
    SELECT thing FROM gathered.ends GROUP BY thing HAVING count(*) > :most_alone
    """,
    "CREATE UNIQUE INDEX gathered.candidate ON candidates (thing)",
    """
    CREATE TABLE gathered.many AS
    SELECT thing, other, property, pointing FROM gathered.ends WHERE thing IN (SELECT thing FROM gathered.candidates)
    """,
    """
    INSERT INTO hubs SELECT NULL, thing, count(DISTINCT other), NULL FROM gathered.many
    GROUP BY thing HAVING count(DISTINCT other) > :most_alone ORDER BY thing
    """,
    """
    INSERT INTO links
    SELECT hubs.id, row_number() OVER (PARTITION BY hubs.id ORDER BY max(pointing), other) - 1, other, max(pointing),
      min(pointing) = 0, claim_names.id
    FROM gathered.many JOIN hubs ON hubs.iri = thing LEFT JOIN claim_names ON claim_names.iri = other
    GROUP BY hubs.id, other
    """,
)
"""How each thing that more than so many others are linked with gets these: first those that do not point to it."""

CLAIMS_COUNTED = """
SELECT hub, kind, count(*) FROM links JOIN claims ON claims.id = links.claim WHERE points GROUP BY hub, kind
"""

OTHERS_COUNTED = """
SELECT hubs.id, properties.iri, count(*)
FROM gathered.many JOIN hubs ON hubs.iri = thing JOIN gathered.properties ON properties.id = property
  LEFT JOIN claim_names ON claim_names.iri = other
WHERE pointing AND claim_names.id IS NULL GROUP BY hubs.id, properties.iri
"""

SOURCES = (
    """
    CREATE TABLE gathered.claimed AS
    SELECT DISTINCT source, claim, evidence FROM gathered.resting JOIN gathered.graphs USING (graph)
    """,
    "CREATE INDEX gathered.claimed_by ON claimed (source, claim)",
    """
    CREATE TABLE gathered.quoted (source TEXT, evidence TEXT, length INTEGER, PRIMARY KEY (source, evidence))
    WITHOUT ROWID
    """,
    """
    INSERT INTO gathered.quoted
    SELECT source, evidence, max(length) FROM gathered.quotes JOIN gathered.graphs USING (graph)
    GROUP BY source, evidence
    """,
    """
    CREATE TABLE gathered.started (source TEXT, evidence TEXT, start INTEGER, PRIMARY KEY (source, evidence))
    WITHOUT ROWID
    """,
    """
    INSERT INTO gathered.started
    SELECT source, evidence, max(start) FROM gathered.starts JOIN gathered.graphs USING (graph)
    GROUP BY source, evidence
    """,
    """
    CREATE TABLE gathered.pairs AS
    SELECT DISTINCT stated.object AS claim, stated.subject AS other, one.source AS source, two.source AS other_source
    FROM gathered.conflicts AS stated JOIN gathered.primary_sources AS one ON one.claim = stated.object
      JOIN gathered.primary_sources AS two ON two.claim = stated.subject
    WHERE one.source <> two.source
    """,
    """
    INSERT INTO conflicts SELECT DISTINCT NULL, claim, other FROM gathered.pairs
    ORDER BY claim, other LIMIT :most_conflicts
    """,
    """
    CREATE TABLE gathered.conflicting AS
    SELECT source, count(*) AS number FROM (
      SELECT source, claim, other FROM gathered.pairs UNION SELECT other_source, claim, other FROM gathered.pairs
    ) GROUP BY source
    """,
    """
    INSERT INTO sources (iri, kind, claims, quotes, conflicts)
    SELECT iri,
      CASE WHEN EXISTS (SELECT * FROM gathered.graphs JOIN gathered.page_graphs USING (graph) WHERE source = iri) THEN 0
        WHEN EXISTS (SELECT * FROM gathered.graphs JOIN gathered.holders USING (graph) JOIN gathered.publishers
          USING (source, agent) WHERE source = iri) THEN 1 ELSE 2 END AS kind,
      ifnull(claims.number, 0), ifnull(quotes.number, 0), ifnull(conflicting.number, 0)
    FROM gathered.sources
      LEFT JOIN (SELECT source, count(DISTINCT claim) AS number FROM gathered.claimed GROUP BY source) AS claims
        ON claims.source = iri
      LEFT JOIN (SELECT source, count(*) AS number FROM gathered.quoted GROUP BY source) AS quotes
        ON quotes.source = iri
      LEFT JOIN gathered.conflicting ON conflicting.source = iri
    ORDER BY kind, ifnull(claims.number, 0) DESC, iri
    """,
    """
    INSERT INTO positions
    SELECT place, start, evidence FROM gathered.started JOIN gathered.quoted USING (source, evidence)
      JOIN sources ON sources.iri = source
    ORDER BY place, start, evidence
    """,
    "CREATE INDEX position ON positions (evidence)",
    """
    INSERT INTO source_conflicts
    SELECT place, told.claim, told.other FROM (
      SELECT source, subject AS claim, object AS other FROM gathered.conflicts JOIN gathered.graphs USING (graph)
      UNION SELECT source, object, subject FROM gathered.conflicts JOIN gathered.claimed ON claim = object
    ) AS told JOIN sources ON sources.iri = told.source
    WHERE EXISTS (SELECT * FROM gathered.claimed WHERE source = told.source AND claim = told.claim)
      AND NOT EXISTS (SELECT * FROM gathered.claimed WHERE source = told.source AND claim = told.other)
    """,
)
"""How sources come in the order of their list, with what conflicts."""

RESTING = """
SELECT sources.place, start, length, claimed.evidence, claim_names.id
FROM gathered.claimed JOIN sources ON sources.iri = claimed.source JOIN claim_names ON claim_names.iri = claimed.claim
  LEFT JOIN gathered.quoted ON quoted.source = claimed.source AND quoted.evidence = claimed.evidence
  LEFT JOIN gathered.started ON started.source = claimed.source AND started.evidence = claimed.evidence
ORDER BY sources.place, length IS NULL, start IS NULL, ifnull(start, 0), ifnull(length, 0) DESC, claimed.evidence,
  claim_names.iri
"""
"""What rests on each source in the order of its text; then quotes without a position, then evidence without a quote."""

KINDS_OF_SOURCES = """
WITH RECURSIVE kinds_of_claims (class) AS (
  SELECT class FROM gathered.above WHERE above = ?
  UNION SELECT above.class FROM gathered.above JOIN kinds_of_claims ON above.above = kinds_of_claims.class
)
SELECT sources.place, class, sum(count) FROM gathered.kinds JOIN gathered.graphs USING (graph)
  JOIN sources ON sources.iri = source
WHERE class IN kinds_of_claims GROUP BY sources.place, class
"""

COUNTED = """
UPDATE sources SET resting = ?, quoted_evidence = ?, quoted = ?, reached = ?, bar = ? WHERE place = ?
"""

TIMES = """
SELECT iri, kind, own.startEarliest, own.startLatest, own.endEarliest, own.endLatest, own.attestedUntil,
  around.observedNotBefore, around.observedNotAfter
FROM gathered.claims LEFT JOIN gathered.times AS own ON own.subject = ifnull(time, iri)
  LEFT JOIN gathered.times AS around ON around.subject = iri
"""
"""Every claim with the days between which it began and ended, in the order of ``model.bounds.TIMES``."""
