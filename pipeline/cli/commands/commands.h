#pragma once

#include "pipeline/cli/command.h"
#include "pipeline/cli/commands/session.h"

namespace tokprep::cli {

// One verb each: does the work, sends results to the session's output, the summary last, returns the exit code.
int run_probe(const ProbeCommand& command, Session& session);
int run_prepare(const PrepareCommand& command, Session& session);
int run_thumbnail(const ThumbnailCommand& command, Session& session);
int run_upload(const UploadCommand& command, Session& session);
int run_post(const PostCommand& command, Session& session);
int run_cancel(const CancelCommand& command, Session& session);
int run_status(const StatusCommand& command, Session& session);
int run_explain(const ExplainCommand& command, Session& session);
int run_ledger(const LedgerCommand& command, Session& session);
int run_webhook(const WebhookCommand& command, Session& session);
int run_rules(const RulesCommand& command, Session& session);
int run_schema(const SchemaCommand& command, Session& session);
int run_sandbox(const SandboxCommand& command, Session& session);
int run_watch(const WatchCommand& command, Session& session);
int run_doctor(const DoctorCommand& command, Session& session);

}  // namespace tokprep::cli
