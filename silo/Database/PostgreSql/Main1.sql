-- Statements that the Orleans providers fetch at their start and execute as they stand here: whoever may write this table
-- decides what the silos execute. Only the owner of the schema may (see Roles.sql).
CREATE TABLE IF NOT EXISTS OrleansQuery
(
    QueryKey  varchar(64)   NOT NULL,
    QueryText varchar(8000) NOT NULL,
    CONSTRAINT OrleansQuery_Key PRIMARY KEY (QueryKey)
);
