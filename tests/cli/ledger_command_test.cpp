#include "tests/cli/post_fixture.h"

namespace tokprep::test {
namespace {

using testing::HasSubstr;

class LedgerCommandTest : public PostTest {
 protected:
  std::string post_one(const std::string& name = "logo.png") {
    const auto picture = copy_sample(name, "drop/" + name);
    return only(run_json({"post", picture, "--yes"}, 0), "item_done")["post"].value("id", "");
  }
};

TEST_F(LedgerCommandTest, BeforeAnythingWasPosted) {
  sandbox_.reset();
  settings_.environment.erase("AYRSHARE_API_KEY");
  const auto result = run({"ledger"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(result.err, HasSubstr("nothing was posted yet"));
  EXPECT_FALSE(fs::exists(path("state/ledger.sqlite")));
}

TEST_F(LedgerCommandTest, ShowsThePostsWithoutAKey) {
  const std::string id = post_one();
  settings_.environment.erase("AYRSHARE_API_KEY");
  const auto all = run({"ledger"});
  EXPECT_EQ(all.exit_code, 0) << all.err;
  EXPECT_THAT(all.out, HasSubstr("accepted   " + path("drop/logo.png").string() + "  id " + id));
  EXPECT_EQ(run({"ledger", "--state", "failed"}).out, "");
  EXPECT_EQ(run({"ledger", "--item", "logo.png"}).out, all.out);
  EXPECT_EQ(run({"ledger", "--item", "city.mp4"}).out, "");
  EXPECT_EQ(run({"ledger", "--since", "1h"}).out, all.out);
  EXPECT_EQ(run({"ledger", "--since", "2199-01-01"}).out, "");
}

TEST_F(LedgerCommandTest, ShowsOnePostWithItsHistory) {
  const std::string id = post_one();
  run_json({"status", "--wait", "--timeout", "60s"}, 0);
  for (const std::string& name : {id, path("drop/logo.png").string(), std::string("logo.png")}) {
    const Json post = only(run_json({"ledger", "show", name}, 0), "ledger_post");
    EXPECT_EQ(post["post_id"], id) << name;
    EXPECT_EQ(post["state"], "published");
    ASSERT_GE(post["events"].size(), 2U);
    EXPECT_EQ(post["events"].back()["to"], "published");
  }
  const auto text = run({"ledger", "show", id});
  EXPECT_THAT(text.out, HasSubstr("history"));
  EXPECT_THAT(text.out, HasSubstr("accepted -> published"));
  const Json error = only(run_json({"ledger", "show", "nobody"}, 2), "error")["error"];
  EXPECT_THAT(error.value("message", ""), HasSubstr("no post 'nobody'"));
}

TEST_F(LedgerCommandTest, IsExportedWhole) {
  (void)post_one();
  const auto lines = run_json({"ledger"}, 0);
  EXPECT_EQ(only(lines, "ledger")["file"], path("state/ledger.sqlite").string());
  EXPECT_EQ(of_type(lines, "ledger_account").size(), 1U);
  EXPECT_EQ(of_type(lines, "ledger_post").size(), 1U);
  const Json upload = only(lines, "ledger_upload");
  EXPECT_EQ(only(lines, "ledger_post")["media_urls"][0], upload["url"]);
  EXPECT_EQ(only(lines, "ledger_asset")["sha256"], upload["sha256"]);
}

TEST_F(LedgerCommandTest, ASoundOneIsSaidToBe) {
  (void)post_one();
  const auto result = run({"ledger", "--check"});
  EXPECT_EQ(result.exit_code, 0) << result.out;
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(result.err, HasSubstr("is sound"));
}

TEST_F(LedgerCommandTest, ADamagedOneIsRefused) {
  (void)post_one();
  const fs::path file = path("state/ledger.sqlite");
  std::string bytes = bytes_of(file);
  ASSERT_GT(bytes.size(), 8192U);
  for (std::size_t i = 4096; i < bytes.size(); i += 7) bytes[i] = static_cast<char>(bytes[i] ^ 0x5A);
  (void)folder_.file("state/ledger.sqlite", bytes);
  fs::remove(path("state/ledger.sqlite-wal"));
  EXPECT_EQ(run({"ledger", "--check"}).exit_code, 2);
  (void)folder_.file("state/ledger.sqlite", "this is no ledger");
  EXPECT_EQ(run({"ledger", "--check"}).exit_code, 2);
  EXPECT_EQ(run({"ledger"}).exit_code, 2);
  EXPECT_EQ(bytes_of(file), "this is no ledger");
}

// The answer of the one post call is lost, and the service's history stays behind: nobody knows what became of it.
TEST_F(LedgerCommandTest, AnOutcomeNobodyKnowsIsListed) {
  const auto faults = folder_.file("faults.json", R"({"rules":[
      {"match":{"endpoint":"post","method":"POST"},"fault":"cut_after","times":1},
      {"match":{},"fault":{"kind":"history_lag","ms":3600000}}]})");
  sandbox_.reset();
  ASSERT_TRUE(start_sandbox("100ms", {"--faults", faults}));
  const auto picture = copy_sample("logo.png", "drop/logo.png");
  run_json({"post", picture, "--yes"}, 8);
  const Json problem = only(run_json({"ledger", "--check"}, 8), "problem");
  EXPECT_EQ(problem["kind"], "unknown");
  EXPECT_EQ(problem["item"], picture.string());
  EXPECT_THAT(run({"ledger", "--state", "unknown"}).out, HasSubstr(picture.string()));
  const Json explanation = only(run_json({"explain", picture}, 0), "explanation");
  EXPECT_THAT(explanation.value("fix", ""), HasSubstr("tokprep status"));
}

}  // namespace
}  // namespace tokprep::test
