-- Grain storage of the Orleans ADO.NET provider: its table, function, parameters and result, with one difference in the promise.
-- The provider's own script has no unique key, so two first writes of one grain that overlap store it twice, and every later
-- read of that grain fails. Here the key is unique and the loser of such a race is told so.
CREATE TABLE IF NOT EXISTS OrleansStorage
(
    grainidhash            integer                     NOT NULL,
    grainidn0              bigint                      NOT NULL,
    grainidn1              bigint                      NOT NULL,
    graintypehash          integer                     NOT NULL,
    graintypestring        varchar(512)                NOT NULL,
    grainidextensionstring varchar(512),
    serviceid              varchar(150)                NOT NULL,
    payloadbinary          bytea,
    modifiedon             timestamp without time zone NOT NULL,
    version                integer
);

-- Where the provider's own script has run before: fails, and changes nothing, if a grain is stored twice already.
CREATE UNIQUE INDEX IF NOT EXISTS ux_orleansstorage ON OrleansStorage
    (grainidhash, graintypehash, grainidn0, grainidn1, graintypestring, COALESCE(grainidextensionstring, ''), serviceid);
DROP INDEX IF EXISTS ix_orleansstorage;

-- Each update rewrites the row: with room left in its page no index has to follow it. Vacuum at 2 % of dead rows instead of 20 %.
ALTER TABLE OrleansStorage SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);

-- Version null: first write, version given: the write that follows it. Answers the new version; null, or the version that was given, is a conflict.
CREATE OR REPLACE FUNCTION writetostorage(
    _grainidhash integer,
    _grainidn0 bigint,
    _grainidn1 bigint,
    _graintypehash integer,
    _graintypestring character varying,
    _grainidextensionstring character varying,
    _serviceid character varying,
    _grainstateversion integer,
    _payloadbinary bytea)
    RETURNS TABLE(newgrainstateversion integer)
    LANGUAGE plpgsql
AS $body$
DECLARE
    answer integer := _grainstateversion;
BEGIN
    IF _grainstateversion IS NULL THEN
        INSERT INTO OrleansStorage AS s
            (grainidhash, grainidn0, grainidn1, graintypehash, graintypestring, grainidextensionstring, serviceid, payloadbinary, modifiedon, version)
        VALUES
            (_grainidhash, _grainidn0, _grainidn1, _graintypehash, _graintypestring, _grainidextensionstring, _serviceid, _payloadbinary,
             now() AT TIME ZONE 'utc', 1)
        ON CONFLICT DO NOTHING;
        IF FOUND THEN
            answer := 1;
        END IF;
    ELSE
        UPDATE OrleansStorage s
        SET payloadbinary = _payloadbinary, modifiedon = now() AT TIME ZONE 'utc', version = s.version + 1
        WHERE s.grainidhash = _grainidhash
          AND s.graintypehash = _graintypehash
          AND s.grainidn0 = _grainidn0
          AND s.grainidn1 = _grainidn1
          AND s.graintypestring = _graintypestring
          AND COALESCE(s.grainidextensionstring, '') = COALESCE(_grainidextensionstring, '')
          AND s.serviceid = _serviceid
          AND s.version = _grainstateversion;
        IF FOUND THEN
            answer := _grainstateversion + 1;
        END IF;
    END IF;

    RETURN QUERY SELECT answer;
END
$body$;

INSERT INTO OrleansQuery (QueryKey, QueryText)
VALUES
('WriteToStorageKey', '
SELECT * FROM writetostorage(
    @GrainIdHash, @GrainIdN0, @GrainIdN1, @GrainTypeHash, @GrainTypeString, @GrainIdExtensionString, @ServiceId, @GrainStateVersion, @PayloadBinary);
'),
('ReadFromStorageKey', '
SELECT PayloadBinary, now() AT TIME ZONE ''utc'', Version
FROM OrleansStorage
WHERE GrainIdHash = @GrainIdHash
  AND GrainTypeHash = @GrainTypeHash
  AND GrainIdN0 = @GrainIdN0
  AND GrainIdN1 = @GrainIdN1
  AND GrainTypeString = @GrainTypeString
  AND COALESCE(GrainIdExtensionString, '''') = COALESCE(@GrainIdExtensionString, '''')
  AND ServiceId = @ServiceId;
'),
('ClearStorageKey', '
UPDATE OrleansStorage
SET PayloadBinary = NULL, ModifiedOn = now() AT TIME ZONE ''utc'', Version = Version + 1
WHERE GrainIdHash = @GrainIdHash
  AND GrainTypeHash = @GrainTypeHash
  AND GrainIdN0 = @GrainIdN0
  AND GrainIdN1 = @GrainIdN1
  AND GrainTypeString = @GrainTypeString
  AND COALESCE(GrainIdExtensionString, '''') = COALESCE(@GrainIdExtensionString, '''')
  AND ServiceId = @ServiceId
  AND Version = @GrainStateVersion
RETURNING Version AS NewGrainStateVersion;
'),
('DeleteStorageKey', '
DELETE FROM OrleansStorage
WHERE GrainIdHash = @GrainIdHash
  AND GrainTypeHash = @GrainTypeHash
  AND GrainIdN0 = @GrainIdN0
  AND GrainIdN1 = @GrainIdN1
  AND GrainTypeString = @GrainTypeString
  AND COALESCE(GrainIdExtensionString, '''') = COALESCE(@GrainIdExtensionString, '''')
  AND ServiceId = @ServiceId
  AND Version = @GrainStateVersion
RETURNING Version + 1 AS NewGrainStateVersion;
')
ON CONFLICT (QueryKey) DO UPDATE SET QueryText = excluded.QueryText;
