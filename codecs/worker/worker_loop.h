#pragma once

#include <functional>
#include <map>
#include <string>

#include "base/json.h"
#include "base/result.h"
#include "base/run_context.h"

namespace tokprep {

/// Carries out one kind of job: request in, result out, both in the JSON form of codecs/jobs.h.
using JobHandler = std::function<Result<Json>(const Json& request, const RunContext& run)>;

/// The whole life of a worker program, from when its libraries are loaded.
///
/// Enters the cage that its arguments ask for (enter_cage.h) and says on what was stdout when it started which walls
/// stand: `{"hello":{"mode":"prefer","walls":[…]}}`. Then reads jobs from stdin, a UNIX socket, one JSON line each:
/// `{"id":1,"job":"probe","request":{…},"files":["in/a.mp4"]}`, where a descriptor comes along for each of `files` and
/// stands for that path in the request (base/handed_files.h). Answers: any number of
/// `{"id":1,"progress":{"stage":"transcode","done":0.4}}`, then one
/// `{"id":1,"result":{…}}` or `{"id":1,"error":{…}}`. Whatever libraries print goes to stderr. Ends with exit code 0
/// when stdin closes, also in the middle of a job: nobody is left to take the result. With exit code 2, and a word on
/// stderr, where it does not understand its arguments. Every worker also knows the job "escape" (cage_probe.h).
int run_worker(int argc, char** argv, std::map<std::string, JobHandler> handlers);

/// Makes a handler of a function of one request struct.
template <class Request, class Response>
JobHandler handler_of(Result<Response> (*function)(const Request&, const RunContext&)) {
  return [function](const Json& json, const RunContext& run) -> Result<Json> {
    TOKPREP_ASSIGN(const Request request, parse_as<Request>(json, "job"));
    TOKPREP_ASSIGN(const Response response, function(request, run));
    return Json(response);
  };
}

}  // namespace tokprep
