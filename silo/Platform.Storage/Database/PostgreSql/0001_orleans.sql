-- What Orleans itself keeps: statements of its providers, grain storage, membership; and where each grain is (decision 60).
-- Parameters, columns, query keys and results are a contract with the providers of the Orleans version in Directory.Packages.props.

-- Statements that the Orleans providers fetch at their start and execute as they stand here: whoever may write this table
-- decides what the silos execute. Only the owner of the schema may (see Roles.sql).
CREATE TABLE IF NOT EXISTS OrleansQuery
(
    QueryKey  varchar(64)   NOT NULL,
    QueryText varchar(8000) NOT NULL,
    CONSTRAINT OrleansQuery_Key PRIMARY KEY (QueryKey)
);

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

-- Membership of the Orleans ADO.NET clustering provider. The version row is the lock of the table: whoever changes a member names the version
-- that it has read, and of two who named the same one succeeds.
CREATE TABLE IF NOT EXISTS OrleansMembershipVersionTable
(
    DeploymentId varchar(150)   NOT NULL,
    Timestamp    timestamptz(3) NOT NULL DEFAULT now(),
    Version      integer        NOT NULL DEFAULT 0,
    CONSTRAINT PK_OrleansMembershipVersionTable_DeploymentId PRIMARY KEY (DeploymentId)
);

CREATE TABLE IF NOT EXISTS OrleansMembershipTable
(
    DeploymentId varchar(150)   NOT NULL,
    Address      varchar(45)    NOT NULL,
    Port         integer        NOT NULL,
    Generation   integer        NOT NULL,
    SiloName     varchar(150)   NOT NULL,
    HostName     varchar(150)   NOT NULL,
    Status       integer        NOT NULL,
    ProxyPort    integer        NULL,
    SuspectTimes varchar(8000)  NULL,
    StartTime    timestamptz(3) NOT NULL,
    IAmAliveTime timestamptz(3) NOT NULL,
    CONSTRAINT PK_MembershipTable_DeploymentId PRIMARY KEY (DeploymentId, Address, Port, Generation),
    CONSTRAINT FK_MembershipTable_MembershipVersionTable_DeploymentId
        FOREIGN KEY (DeploymentId) REFERENCES OrleansMembershipVersionTable (DeploymentId)
);

INSERT INTO OrleansQuery (QueryKey, QueryText)
VALUES
('UpdateIAmAlivetimeKey', '
UPDATE OrleansMembershipTable
SET IAmAliveTime = @IAmAliveTime
WHERE DeploymentId = @DeploymentId AND Address = @Address AND Port = @Port AND Generation = @Generation;
'),
-- Answers 1 when the row is new.
('InsertMembershipVersionKey', '
WITH added AS
(
    INSERT INTO OrleansMembershipVersionTable (DeploymentId) VALUES (@DeploymentId)
    ON CONFLICT (DeploymentId) DO NOTHING
    RETURNING 1
)
SELECT CAST(count(*) AS integer) AS row_count FROM added;
'),
-- Answers 1 when the silo is new and the version is the current one.
('InsertMembershipKey', '
WITH moved AS
(
    UPDATE OrleansMembershipVersionTable v
    SET Timestamp = now(), Version = v.Version + 1
    WHERE v.DeploymentId = @DeploymentId
      AND v.Version = @Version
      AND NOT EXISTS
      (
          SELECT 1 FROM OrleansMembershipTable m
          WHERE m.DeploymentId = @DeploymentId AND m.Address = @Address AND m.Port = @Port AND m.Generation = @Generation
      )
    RETURNING v.DeploymentId
),
added AS
(
    INSERT INTO OrleansMembershipTable
        (DeploymentId, Address, Port, Generation, SiloName, HostName, Status, ProxyPort, StartTime, IAmAliveTime)
    SELECT moved.DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime
    FROM moved
    RETURNING 1
)
SELECT CAST(count(*) AS integer) AS row_count FROM added;
'),
-- Answers 1 when the silo is there and the version is the current one. The member is locked first: it cannot go between the two updates.
('UpdateMembershipKey', '
WITH member AS
(
    SELECT m.DeploymentId FROM OrleansMembershipTable m
    WHERE m.DeploymentId = @DeploymentId AND m.Address = @Address AND m.Port = @Port AND m.Generation = @Generation
    FOR UPDATE
),
moved AS
(
    UPDATE OrleansMembershipVersionTable v
    SET Timestamp = now(), Version = v.Version + 1
    FROM member
    WHERE v.DeploymentId = member.DeploymentId AND v.Version = @Version
    RETURNING v.DeploymentId
),
changed AS
(
    UPDATE OrleansMembershipTable m
    SET Status = @Status, SuspectTimes = @SuspectTimes, IAmAliveTime = @IAmAliveTime
    FROM moved
    WHERE m.DeploymentId = moved.DeploymentId AND m.Address = @Address AND m.Port = @Port AND m.Generation = @Generation
    RETURNING 1
)
SELECT CAST(count(*) AS integer) AS row_count FROM changed;
'),
-- One row with the version even when there is no such silo.
('MembershipReadRowKey', '
SELECT v.DeploymentId, m.Address, m.Port, m.Generation, m.SiloName, m.HostName, m.Status, m.ProxyPort, m.SuspectTimes, m.StartTime, m.IAmAliveTime,
    v.Version
FROM OrleansMembershipVersionTable v
LEFT JOIN OrleansMembershipTable m
    ON m.DeploymentId = v.DeploymentId AND m.Address = @Address AND m.Port = @Port AND m.Generation = @Generation
WHERE v.DeploymentId = @DeploymentId;
'),
('MembershipReadAllKey', '
SELECT v.DeploymentId, m.Address, m.Port, m.Generation, m.SiloName, m.HostName, m.Status, m.ProxyPort, m.SuspectTimes, m.StartTime, m.IAmAliveTime,
    v.Version
FROM OrleansMembershipVersionTable v
LEFT JOIN OrleansMembershipTable m ON m.DeploymentId = v.DeploymentId
WHERE v.DeploymentId = @DeploymentId;
'),
('DeleteMembershipTableEntriesKey', '
DELETE FROM OrleansMembershipTable WHERE DeploymentId = @DeploymentId;
DELETE FROM OrleansMembershipVersionTable WHERE DeploymentId = @DeploymentId;
'),
('GatewaysQueryKey', '
SELECT Address, ProxyPort, Generation
FROM OrleansMembershipTable
WHERE DeploymentId = @DeploymentId AND Status = @Status AND ProxyPort > 0;
'),
-- 3 is an active silo: never removed here, however old its sign of life.
('CleanupDefunctSiloEntriesKey', '
DELETE FROM OrleansMembershipTable
WHERE DeploymentId = @DeploymentId AND IAmAliveTime < @IAmAliveTime AND Status <> 3;
')
ON CONFLICT (QueryKey) DO UPDATE SET QueryText = excluded.QueryText;

-- Where each grain is: one row for an activation, so that a grain is in one silo at most whatever happens to the others (decision 60).
CREATE TABLE grain_directory
(
    cluster    text   NOT NULL,
    grain      text   NOT NULL,
    silo       text   NOT NULL,
    activation text   NOT NULL,
    membership bigint NOT NULL,
    CONSTRAINT pk_grain_directory PRIMARY KEY (cluster, grain)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);

-- For taking out what a dead silo held.
CREATE INDEX ix_grain_directory_silo ON grain_directory (cluster, silo);

-- A silo that did not take what it was told answers nothing until it has caught up: it holds a lease only while fence = adopted (decision 61).
CREATE TABLE silo_fences
(
    silo    text   NOT NULL CONSTRAINT pk_silo_fences PRIMARY KEY,
    fence   bigint NOT NULL,
    adopted bigint NOT NULL
);
