#include <cerrno>
#include <thread>

#include "tests/upload/sandbox_fixture.h"

namespace tokprep {
namespace {

/// What a client sees on the wire.
class SandboxFault : public SandboxTest {
 protected:
  struct Seen {
    std::string bytes;
    bool reset = false;  ///< RST; else the connection ended in order
  };

  [[nodiscard]] Seen said(const std::string& text) const {
    const FileDescriptor socket = connected();
    EXPECT_EQ(::send(socket.get(), text.data(), text.size(), MSG_NOSIGNAL), std::ssize(text));
    Seen seen;
    char byte = 0;
    ssize_t got = 0;
    while ((got = ::recv(socket.get(), &byte, 1, 0)) > 0) seen.bytes += byte;
    seen.reset = got < 0 && errno == ECONNRESET;
    return seen;
  }
  [[nodiscard]] std::string request(const std::string& line, const std::string& body = "") const {
    return line + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer " + sandbox_->api_key() +
           "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }
  [[nodiscard]] Seen posted(const Json& body) const { return said(request("POST /api/post", body.dump())); }
  [[nodiscard]] int history_count() const {
    const Answer answer = get("/history");
    return answer.status == 200 ? answer.body["count"].get<int>() : 0;
  }
};

TEST_F(SandboxFault, RateLimitWithAndWithoutRetryAfter) {
  script({{"rules",
           {{{"match", {{"endpoint", "user"}, {"nth", 1}}}, {"fault", "rate_limit"}},
            {{"match", {{"endpoint", "user"}, {"nth", 2}}}, {"fault", {{"kind", "rate_limit"}, {"retry_after", 7}}}},
            {{"match", {{"endpoint", "user"}, {"nth", 3}}},
             {"fault", {{"kind", "rate_limit"}, {"retry_after", 60}, {"as_date", true}}}}}}});
  const Answer bare = get("/user");
  EXPECT_EQ(bare.status, 429);
  EXPECT_EQ(bare.headers.count("Retry-After"), 0U);
  EXPECT_EQ(bare.headers.find("x-ratelimit-count")->second, "301");
  EXPECT_EQ(get("/user").headers.find("Retry-After")->second, "7");
  EXPECT_EQ(get("/user").headers.find("Retry-After")->second, "Sun, 22 Nov 2026 00:01:00 GMT");
  EXPECT_EQ(get("/user").status, 200);
}

TEST_F(SandboxFault, ServerErrorsAsPageAndAsJson) {
  script({{"rules",
           {{{"match", {{"endpoint", "user"}}}, {"fault", "server_error"}, {"times", 1}},
            {{"match", {{"endpoint", "user"}}},
             {"fault", {{"kind", "server_error"}, {"status", 503}, {"html", false}}},
             {"times", 1}}}}});
  const auto page = client().Get("/api/user", key());
  EXPECT_EQ(page->status, 502);
  EXPECT_TRUE(page->get_header_value("Content-Type").starts_with("text/html"));
  EXPECT_TRUE(page->body.starts_with("<!DOCTYPE html>"));
  const Answer json = get("/user");
  EXPECT_EQ(json.status, 503);
  EXPECT_EQ(json.body["status"], "error");
  EXPECT_EQ(get("/user").status, 200);
}

TEST_F(SandboxFault, CommitSaysWhetherAnErrorWasActedOn) {
  const std::string url = uploaded("a.mp4");
  script(rule("post", {{"kind", "server_error"}, {"commit", false}}));
  EXPECT_EQ(post("/post", post_body({url})).status, 502);
  EXPECT_EQ(history_count(), 0);
  script(rule("post", {{"kind", "server_error"}, {"commit", true}}));
  EXPECT_EQ(post("/post", post_body({url})).status, 502);
  EXPECT_EQ(history_count(), 1);
}

TEST_F(SandboxFault, CutBeforeDoesNothing) {
  const Json body = post_body({uploaded("a.mp4")});
  script(rule("post", "cut_before"));
  const Seen reset = posted(body);
  EXPECT_TRUE(reset.bytes.empty()) << reset.bytes;
  EXPECT_TRUE(reset.reset);
  EXPECT_EQ(history_count(), 0);
  script(rule("post", {{"kind", "cut_before"}, {"reset", false}}));
  EXPECT_TRUE(posted(body).bytes.empty());
  EXPECT_EQ(history_count(), 0);
}

TEST_F(SandboxFault, CutAfterDoesItAndLosesTheAnswer) {
  const Json body = post_body({uploaded("a.mp4")});
  script(rule("post", "cut_after"));
  const Seen lost = posted(body);
  EXPECT_TRUE(lost.bytes.empty()) << lost.bytes;
  EXPECT_TRUE(lost.reset);
  EXPECT_EQ(history_count(), 1);
  EXPECT_EQ(counts()["posts"]["accepted"], 1);
  EXPECT_EQ(counts()["faults"]["by_kind"]["cut_after"], 1);
}

TEST_F(SandboxFault, StallAnswersLateOrNever) {
  const Json body = post_body({uploaded("a.mp4")});
  const auto timed = [&](const Json& fault, std::string& bytes) {
    script(rule("post", fault));
    const auto began = std::chrono::steady_clock::now();
    bytes = posted(body).bytes;
    return std::chrono::steady_clock::now() - began;
  };
  constexpr std::chrono::milliseconds kStall{120};
  std::string bytes;
  EXPECT_GE(timed({{"kind", "stall"}, {"ms", 120}, {"cut", true}}, bytes), kStall);
  EXPECT_TRUE(bytes.empty());
  EXPECT_EQ(history_count(), 0) << "silence before the commit";
  EXPECT_GE(timed({{"kind", "stall"}, {"ms", 120}, {"commit", true}, {"cut", true}}, bytes), kStall);
  EXPECT_TRUE(bytes.empty());
  EXPECT_EQ(history_count(), 1) << "silence after the commit";
  EXPECT_GE(timed({{"kind", "stall"}, {"ms", 120}}, bytes), kStall);
  EXPECT_TRUE(bytes.starts_with("HTTP/1.1 400")) << "the duplicate is answered: " << bytes;
}

TEST_F(SandboxFault, StallIsEndedByStop) {
  script(rule("user", {{"kind", "stall"}, {"ms", 60'000}}));
  std::thread stalled([this, target = request("GET /api/user")] { EXPECT_TRUE(said(target).bytes.empty()); });
  while (faults()["rules"][0]["fired"] == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  const auto began = std::chrono::steady_clock::now();
  sandbox_->stop();
  stalled.join();
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(3));
}

TEST_F(SandboxFault, DripArrivesWholeInPieces) {
  const std::string whole = said(request("GET /api/history/none")).bytes;
  script(rule("history_one", {{"kind", "drip"}, {"bytes", 30}, {"every_ms", 10}}));
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(said(request("GET /api/history/none")).bytes.size(), whole.size());
  const auto pieces = static_cast<std::int64_t>(whole.size() / 30);
  EXPECT_GE(std::chrono::steady_clock::now() - began, std::chrono::milliseconds(10) * pieces);
}

TEST_F(SandboxFault, TruncatedAnswerPromisesMore) {
  script(rule("user", {{"kind", "truncate"}, {"bytes", 9}}));
  const std::string bytes = said(request("GET /api/user")).bytes;
  const std::size_t head = bytes.find("\r\n\r\n");
  ASSERT_NE(head, std::string::npos) << bytes;
  EXPECT_EQ(bytes.size() - head - 4, 9U);
  const std::size_t length = bytes.find("Content-Length: ");
  EXPECT_GT(std::stoi(bytes.substr(length + 16)), 9);
  EXPECT_FALSE(client().Get("/api/user", key())) << "a client sees an error, not a short answer";
}

TEST_F(SandboxFault, NotJsonIsCalledJson) {
  script(rule("user", "not_json"));
  const auto answer = client().Get("/api/user", key());
  EXPECT_EQ(answer->status, 200);
  EXPECT_TRUE(Json::parse(answer->body, nullptr, false).is_discarded());
}

TEST_F(SandboxFault, PutIsCutHalfRead) {
  const Answer ticket = get("/media/uploadUrl?fileName=a.mp4");
  script(rule("put", {{"kind", "cut_body"}, {"bytes", 100'000}}));
  EXPECT_FALSE(put(ticket.body["uploadUrl"], std::string(20'000'000, 'x'), "video/mp4"));
  EXPECT_EQ(requests().back()["bytes"], 100'000);
  script(Json::object());
  EXPECT_EQ(put(ticket.body["uploadUrl"], "again", "video/mp4")->status, 403) << "a half-used address is used up";
  EXPECT_EQ(client().Get(path_of(ticket.body["accessUrl"]))->status, 404);
  EXPECT_TRUE(std::filesystem::is_empty(data_dir_ / "incoming"));
}

TEST_F(SandboxFault, ExpiredUrlStaysExpired) {
  const Answer ticket = get("/media/uploadUrl?fileName=a.mp4");
  script({{"rules", {{{"fault", "expired_url"}, {"times", 1}}}}});
  const auto refused = put(ticket.body["uploadUrl"], "x", "video/mp4");
  EXPECT_EQ(refused->status, 403);
  EXPECT_NE(refused->body.find("ExpiredToken"), std::string::npos);
  EXPECT_EQ(put(ticket.body["uploadUrl"], "x", "video/mp4")->status, 403);
  const Answer fresh = get("/media/uploadUrl?fileName=a.mp4");
  EXPECT_EQ(put(fresh.body["uploadUrl"], "x", "video/mp4")->status, 200);
}

TEST_F(SandboxFault, RefusedTypeLeavesTheAddressGood) {
  const Answer ticket = get("/media/uploadUrl?fileName=a.mp4");
  script({{"rules", {{{"fault", "type_refused"}, {"times", 1}}}}});
  EXPECT_EQ(put(ticket.body["uploadUrl"], "x", "video/mp4")->status, 403);
  EXPECT_EQ(put(ticket.body["uploadUrl"], "x", "video/mp4")->status, 200);
}

TEST_F(SandboxFault, UrlIsMissingForAWhile) {
  const Json asked{{"mediaUrl", uploaded("a.jpg")}};
  script({{"rules", {{{"fault", "url_missing"}, {"for_ms", 5000}}}}});
  EXPECT_EQ(post("/media/urlExists", asked).body["statusCode"], 404);
  clock_.advance(std::chrono::milliseconds(4999));
  EXPECT_EQ(post("/media/urlExists", asked).body["statusCode"], 404);
  clock_.advance(std::chrono::milliseconds(1));
  EXPECT_EQ(post("/media/urlExists", asked).body["statusCode"], 200);
}

TEST_F(SandboxFault, SkewedClockShiftsWhatTheServiceDates) {
  Json body = post_body({uploaded("a.mp4")});
  body["scheduleDate"] = "2026-11-22T00:40:00Z";
  const std::string id = submitted(body);
  EXPECT_EQ(get("/post/" + id).headers.find("Date")->second, "Sun, 22 Nov 2026 00:00:00 GMT");
  script({{"rules", {{{"fault", {{"kind", "clock_skew"}, {"seconds", -3600}}}}}}});
  const Answer skewed = get("/post/" + id);
  EXPECT_EQ(skewed.headers.find("Date")->second, "Sat, 21 Nov 2026 23:00:00 GMT");
  EXPECT_EQ(skewed.headers.count("Date"), 1U);
  EXPECT_EQ(skewed.body["created"], "2026-11-21T23:00:00Z");
  EXPECT_EQ(skewed.body["scheduleDate"], "2026-11-22T00:40:00Z") << "the client's own date";
}

TEST_F(SandboxFault, HistoryLagsByLooksOrByAge) {
  script(rule("history", {{"kind", "history_lag"}, {"calls", 2}}));
  submitted(post_body({uploaded("a.mp4")}, "one"));
  EXPECT_EQ(history_count(), 0);
  EXPECT_EQ(history_count(), 0);
  EXPECT_EQ(history_count(), 1);
  script(rule("history", {{"kind", "history_lag"}, {"ms", 3000}}));
  submitted(post_body({uploaded("b.mp4")}, "two"));
  EXPECT_EQ(history_count(), 0);
  clock_.advance(std::chrono::seconds(3));
  EXPECT_EQ(history_count(), 2);
}

TEST_F(SandboxFault, UnguardedPostsAreCountedAsDuplicates) {
  Json body = post_body({uploaded("a.mp4")});
  body["idempotencyKey"] = "key";
  script(rule("post", "unguarded"));
  EXPECT_EQ(post("/post", body).status, 200);
  EXPECT_EQ(post("/post", body).status, 200);
  const Json posts = counts()["posts"];
  EXPECT_EQ(posts["accepted"], 2);
  EXPECT_EQ(posts["duplicates"], 1);
  EXPECT_EQ(posts["duplicate_groups"][0].size(), 2U);
  EXPECT_EQ(posts["by_idempotency_key"]["key"], 2);
}

TEST_F(SandboxFault, ConditionsHoldBesideAFault) {
  script({{"rules",
           {{{"match", {{"endpoint", "user"}}}, {"fault", {{"kind", "clock_skew"}, {"seconds", 60}}}},
            {{"match", {{"endpoint", "user"}}}, {"fault", {{"kind", "server_error"}, {"html", false}}}},
            {{"match", {{"endpoint", "user"}}}, {"fault", "not_json"}}}}});
  const Answer answer = get("/user");
  EXPECT_EQ(answer.status, 502) << "of two faults the first strikes";
  EXPECT_EQ(answer.headers.find("Date")->second, "Sun, 22 Nov 2026 00:01:00 GMT");
  const Json used = faults();
  EXPECT_EQ(used["rules"][0]["fired"], 1);
  EXPECT_EQ(used["rules"][1]["fired"], 1);
  EXPECT_EQ(used["rules"][2], Json({{"matched", 1}, {"fired", 0}}));
}

TEST_F(SandboxFault, RulesMatchMethodPathAndNumbers) {
  script({{"rules",
           {{{"match", {{"method", "GET"}, {"path", "/api/history*"}, {"from", 2}, {"to", 3}}},
             {"fault", "server_error"}}}}});
  std::vector<int> statuses;
  for (int i = 0; i < 4; ++i) statuses.push_back(get("/history/x").status);
  EXPECT_EQ(statuses, (std::vector<int>{400, 502, 502, 400}));
  EXPECT_EQ(get("/user").status, 200);
  EXPECT_EQ(read(client().Delete("/sandbox/faults")).body["rules"][0]["fired"], 2);
  EXPECT_EQ(faults()["rules"], Json::array());
}

TEST_F(SandboxFault, DrawnFaultsRepeatWithTheirSeed) {
  const auto run = [&](int seed) {
    script({{"random", {{"seed", seed}, {"rate", 0.4}, {"faults", {"server_error", "rate_limit", "expired_url"}}}}});
    std::vector<int> statuses;
    for (int i = 0; i < 40; ++i) statuses.push_back(get("/history/x").status);
    return statuses;
  };
  const std::vector<int> first = run(1);
  EXPECT_EQ(run(1), first);
  EXPECT_NE(run(2), first);
  const auto times = [&](int status) { return std::ranges::count(first, status); };
  EXPECT_GT(times(502), 2);
  EXPECT_GT(times(429), 2);
  EXPECT_GT(times(400), 15);
  EXPECT_EQ(times(403), 0) << "no upload address runs out on a look at the history";
}

TEST_F(SandboxFault, DrawnFaultsEndWhereTheyShould) {
  script({{"random", {{"rate", 1.0}, {"faults", {"server_error"}}, {"times", 2}}}});
  EXPECT_EQ(get("/user").status, 502);
  EXPECT_EQ(get("/user").status, 502);
  EXPECT_EQ(get("/user").status, 200);
  EXPECT_EQ(faults()["random"]["fired"], 2);
}

TEST_F(SandboxFault, ScriptsThatDoNotFitAreRefused) {
  for (const char* wrong :
       {R"({"rule":[]})", R"({"rules":{}})", R"({"rules":[{"fault":"no_such"}]})", R"({"rules":[{"match":{}}]})",
        R"({"rules":[{"fault":{"kind":"cut_after","ms":5}}]})",
        R"({"rules":[{"fault":"stall","match":{"endpont":"x"}}]})",
        R"({"rules":[{"fault":"stall","match":{"endpoint":"nowhere"}}]})",
        R"({"rules":[{"fault":"expired_url","match":{"endpoint":"user"}}]})",
        R"({"rules":[{"fault":{"kind":"server_error","status":404}}]})",
        R"({"rules":[{"fault":{"kind":"drip","bytes":0}}]})", R"({"random":{"rate":2,"faults":["stall"]}})",
        R"({"random":{"rate":0.5,"faults":[]}})", R"({"webhooks":{"repeat":0}})"}) {
    const Answer answer = read(client().Post("/sandbox/faults", wrong, "application/json"));
    EXPECT_EQ(answer.status, 400) << wrong;
    EXPECT_TRUE(answer.body["message"].get<std::string>().starts_with("faults: ")) << answer.body;
  }
}

TEST_F(SandboxFault, FileOfFaultsIsReadAtTheStart) {
  config_.faults_file = folder_.path() / "faults.json";
  std::ofstream(config_.faults_file) << rule("user", "server_error").dump();
  restart();
  EXPECT_EQ(get("/user").status, 502);
  const auto code_of = [](const SandboxConfig& config) {
    const auto started = Sandbox::start(config);
    return started ? "started" : to_string(started.error().code);
  };
  SandboxConfig other = config_;
  other.data_dir = folder_.path() / "other";
  std::ofstream(other.faults_file) << R"({"rules":7})";
  EXPECT_EQ(code_of(other), "invalid_argument");
  other.faults_file = folder_.path() / "missing.json";
  EXPECT_EQ(code_of(other), "input_unreadable");
}

TEST_F(SandboxFault, ConnectionsAreKept) {
  httplib::Client http(origin());
  http.set_keep_alive(true);
  ASSERT_EQ(http.Get("/api/user", key())->status, 200);
  const auto socket = http.socket();
  ASSERT_EQ(http.Get("/api/user", key())->status, 200);
  EXPECT_EQ(http.socket(), socket);
}

}  // namespace
}  // namespace tokprep
