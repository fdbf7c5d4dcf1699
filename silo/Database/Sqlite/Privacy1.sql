-- What one user has written, for the export of that user's data.
CREATE INDEX scenario_history_of_user ON scenario_history (user_id, scenario_id, version);
CREATE INDEX scenario_comments_of_user ON scenario_comments (user_id, scenario_id, id);
