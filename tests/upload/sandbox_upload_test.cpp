#include "base/digest.h"
#include "tests/upload/sandbox_fixture.h"

namespace tokprep {
namespace {

class SandboxUpload : public SandboxTest {
 protected:
  /// Says `head`, sends `body`, hangs up, and waits until the server has done so as well.
  void send_cut(const std::string& head, const std::string& body) const {
    const FileDescriptor socket = connected();
    const std::string all = head + "\r\n\r\n" + body;
    ASSERT_EQ(::send(socket.get(), all.data(), all.size(), MSG_NOSIGNAL), std::ssize(all));
    ::shutdown(socket.get(), SHUT_WR);
    char byte = 0;
    while (::recv(socket.get(), &byte, 1, 0) > 0) continue;
  }
};

/// Bytes a parser of forms would like to trip over: line ends, dashes, zeros.
std::string awkward_bytes(std::size_t size) {
  using namespace std::string_literals;  // counts the zero in the middle by itself
  const std::string pattern = "\r\n--\r\n----boundary\0\xFF\r\n-"s;
  std::string bytes;
  while (bytes.size() < size) bytes += pattern + std::to_string(bytes.size());
  bytes.resize(size);
  return bytes;
}

TEST_F(SandboxUpload, SmallUploadKeepsTheExactBytes) {
  const std::string bytes = awkward_bytes(1'000'003);
  const Answer answer = upload("beach.MP4", bytes);
  ASSERT_EQ(answer.status, 200) << answer.body;
  const std::string url = answer.body["url"];
  EXPECT_TRUE(url.starts_with(origin() + "/media/")) << url;
  EXPECT_TRUE(url.ends_with(".mp4")) << url;
  EXPECT_EQ(answer.body["fileName"], "beach.MP4");
  EXPECT_EQ(answer.body["description"], "");
  EXPECT_TRUE(answer.body["id"].get<std::string>().ends_with("-mp4"));
  EXPECT_EQ(sha256_of(fetched(url)), sha256_of(bytes));
  EXPECT_EQ(sha256_of(file_text("media/" + url.substr((origin() + "/media/").size()))), sha256_of(bytes));
}

TEST_F(SandboxUpload, FormFieldsNameAndDescribeTheFile) {
  const httplib::MultipartFormDataItems form{
      {"description", "good times", "", ""}, {"file", "bytes", "blob", "image/jpeg"}, {"fileName", "fun.jpg", "", ""}};
  const Answer answer = read(client().Post("/api/upload", key(), form));  // the old path
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.body["fileName"], "fun.jpg");
  EXPECT_EQ(answer.body["description"], "good times");
  EXPECT_TRUE(answer.body["url"].get<std::string>().ends_with(".jpg"));
}

TEST_F(SandboxUpload, DataUriIsDecoded) {
  const Answer answer = post("/media/upload", {{"file", "data:image/jpeg;base64,AAECA/8="}, {"fileName", "a.jpg"}});
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(fetched(answer.body["url"]), std::string("\x00\x01\x02\x03\xFF", 5));
  for (const char* wrong :
       {"AAECAw==", "data:image/jpeg;base64,A", "data:image/jpeg;base64,A?==", "data:image/jpeg,AAEC"}) {
    EXPECT_EQ(post("/media/upload", {{"file", wrong}}).status, 400) << wrong;
  }
  EXPECT_EQ(post("/media/upload", {{"file", "data:text/html;base64,AAEC"}}).status, 400);
  EXPECT_EQ(post("/media/upload", {{"file", 7}}).status, 400);
}

TEST_F(SandboxUpload, ThirtyMegabytesAreTheMost) {
  EXPECT_EQ(upload("a.mp4", std::string(30'000'000, 'x')).status, 200);
  const Answer refused = upload("a.mp4", std::string(30'000'001, 'x'));
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.body["status"], "error");
  EXPECT_NE(refused.body["message"].get<std::string>().find("30000001 bytes"), std::string::npos);
  EXPECT_EQ(get("/media").body.size(), 1U);
  EXPECT_TRUE(std::filesystem::is_empty(data_dir_ / "incoming"));
}

TEST_F(SandboxUpload, UnknownTypesAndEmptyFilesAreRefused) {
  for (const char* name : {"clip.exe", "clip", "mp4", "clip.mp4.txt", "page.svg"}) {
    const Answer answer = upload(name, "bytes");
    EXPECT_EQ(answer.status, 400) << name;
    EXPECT_EQ(answer.body["code"], 101) << name;
  }
  EXPECT_EQ(upload("a.mp4", "").status, 400);
  EXPECT_EQ(read(client().Post("/api/media/upload", key(), {{"other", "x", "", ""}})).status, 400);
  EXPECT_TRUE(get("/media").body.empty());
}

TEST_F(SandboxUpload, CutFormLeavesNothing) {
  const std::string head = "POST /api/media/upload HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " +
                           sandbox_->api_key() +
                           "\r\nContent-Type: multipart/form-data; boundary=cut\r\nContent-Length: 5000";
  const std::string body =
      "--cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.mp4\"\r\n\r\nhalf a file";
  send_cut(head, body);
  EXPECT_EQ(requests().back()["status"], 400);
  EXPECT_TRUE(get("/media").body.empty());
  EXPECT_TRUE(std::filesystem::is_empty(data_dir_ / "incoming"));
}

TEST_F(SandboxUpload, LargeUploadTakesTwoSteps) {
  const Answer ticket = get("/media/uploadUrl?fileName=clip.mov");
  ASSERT_EQ(ticket.status, 200) << ticket.body;
  EXPECT_EQ(ticket.body["contentType"], "video/quicktime");
  const std::string access = ticket.body["accessUrl"];
  EXPECT_TRUE(access.ends_with(".mov"));
  EXPECT_EQ(client().Head(path_of(access))->status, 404);

  const std::string bytes = awkward_bytes(3'000'001);
  EXPECT_EQ(put(ticket.body["uploadUrl"], bytes, "video/quicktime")->status, 200);
  EXPECT_EQ(sha256_of(fetched(access)), sha256_of(bytes));
}

TEST_F(SandboxUpload, TypeOfATicketIsAskedForOrRead) {
  EXPECT_EQ(get("/media/uploadUrl?fileName=test&contentType=mp4").body["contentType"], "video/mp4");
  EXPECT_EQ(get("/media/uploadUrl?fileName=test&contentType=quicktime").body["contentType"], "video/quicktime");
  EXPECT_EQ(get("/media/uploadUrl?fileName=test.jpeg").body["contentType"], "image/jpeg");
  EXPECT_EQ(get("/media/uploadUrl?fileName=test").body["contentType"], "application/octet-stream");
  EXPECT_EQ(get("/media/uploadUrl?contentType=mp4").status, 400);
}

TEST_F(SandboxUpload, UploadUrlIsGoodForOneUse) {
  const Answer ticket = get("/media/uploadUrl?fileName=a.mp4");
  EXPECT_EQ(put(ticket.body["uploadUrl"], "first", "video/mp4")->status, 200);
  EXPECT_EQ(put(ticket.body["uploadUrl"], "second", "video/mp4")->status, 403);
  EXPECT_EQ(fetched(ticket.body["accessUrl"]), "first");
}

TEST_F(SandboxUpload, UploadUrlIsGoodForThirtyMinutes) {
  const Answer in_time = get("/media/uploadUrl?fileName=a.mp4");
  const Answer late = get("/media/uploadUrl?fileName=a.mp4");
  clock_.advance(std::chrono::minutes(30) - std::chrono::milliseconds(1));
  EXPECT_EQ(put(in_time.body["uploadUrl"], "x", "video/mp4")->status, 200);
  clock_.advance(std::chrono::milliseconds(1));
  EXPECT_EQ(put(late.body["uploadUrl"], "x", "video/mp4")->status, 403);
  EXPECT_EQ(client().Get(path_of(late.body["accessUrl"]))->status, 404);
}

TEST_F(SandboxUpload, SignedUrlWantsExactHeaders) {
  const Answer ticket = get("/media/uploadUrl?fileName=a.mp4");
  const std::string url = ticket.body["uploadUrl"];
  EXPECT_EQ(put(url, "x", "video/mp4", key())->status, 403);
  EXPECT_EQ(put(url, "x", "video/MP4")->status, 403);
  EXPECT_EQ(put(url, "x", "video/mp4; charset=utf-8")->status, 403);
  EXPECT_EQ(put(origin() + "/upload/guess", "x", "video/mp4")->status, 403);
  EXPECT_EQ(client().Get(path_of(ticket.body["accessUrl"]))->status, 404);
  EXPECT_EQ(put(url, "x", "video/mp4")->status, 200) << "a refused header must not use the address up";
}

TEST_F(SandboxUpload, CutPutLeavesTheFileUnreachable) {
  const Answer ticket = get("/media/uploadUrl?fileName=a.mp4");
  const std::string head = "PUT " + path_of(ticket.body["uploadUrl"]) +
                           " HTTP/1.1\r\nHost: x\r\nContent-Type: video/mp4\r\nContent-Length: 1000";
  send_cut(head, "only this");
  EXPECT_EQ(requests().back()["status"], 400);
  EXPECT_EQ(client().Get(path_of(ticket.body["accessUrl"]))->status, 404);
  EXPECT_EQ(post("/media/urlExists", {{"mediaUrl", ticket.body["accessUrl"]}}).body["statusCode"], 404);
  EXPECT_TRUE(std::filesystem::is_empty(data_dir_ / "incoming"));
}

TEST_F(SandboxUpload, MoreThanFiveGigabytesAreRefused) {
  const Answer ticket = get("/media/uploadUrl?fileName=a.mp4");
  const std::string head = "PUT " + path_of(ticket.body["uploadUrl"]) +
                           " HTTP/1.1\r\nHost: x\r\nContent-Type: video/mp4\r\nContent-Length: 5000000001";
  send_cut(head, "");
  EXPECT_EQ(requests().back()["status"], 413);
}

TEST_F(SandboxUpload, FilesAreServedWithTypeAndRanges) {
  const std::string path = path_of(uploaded("a.webp", "0123456789"));
  const auto head = client().Head(path);
  EXPECT_EQ(head->status, 200);
  EXPECT_EQ(head->get_header_value("Content-Type"), "image/webp");
  EXPECT_EQ(head->get_header_value("Content-Length"), "10");
  const auto range = [&](const char* bytes) { return client().Get(path, {{"Range", std::string("bytes=") + bytes}}); };
  EXPECT_EQ(range("2-4")->body, "234");
  EXPECT_EQ(range("2-4")->status, 206);
  EXPECT_EQ(range("7-")->body, "789");
  EXPECT_EQ(range("7-1000")->body, "789");
  EXPECT_EQ(range("-3")->body, "789");
  EXPECT_EQ(range("-300")->body, "0123456789");
  EXPECT_EQ(range("10-12")->status, 416);
}

TEST_F(SandboxUpload, NothingButWhatWasUploadedIsServed) {
  const std::string url = uploaded("a.mp4");
  const std::string folder = path_of(url.substr(0, url.rfind('/')));
  for (const std::string& path : {std::string("/media/../posts.json"), std::string("/media/%2e%2e/posts.json"),
                                  folder + "/../../posts.json", folder, path_of(url) + "/"}) {
    EXPECT_EQ(client().Get(path)->status, 404) << path;
  }
}

TEST_F(SandboxUpload, UrlExistsKnowsOnlyItself) {
  const std::string url = uploaded("a.jpg");
  const Answer there = post("/media/urlExists", {{"mediaUrl", url}});
  EXPECT_EQ(there.body, Json({{"status", "success"}, {"statusCode", 200}, {"contentType", "image/jpeg"}}));
  EXPECT_EQ(post("/media/urlExists", {{"mediaUrl", url + "x"}}).body,
            Json({{"status", "error"}, {"statusCode", 404}, {"statusText", "Not Found"}}));
  const Answer foreign = post("/media/urlExists", {{"mediaUrl", "https://example.com/a.jpg"}});
  EXPECT_EQ(foreign.body["status"], "error");
  EXPECT_NE(foreign.body["statusText"].get<std::string>().find("nothing but itself"), std::string::npos);
  EXPECT_EQ(post("/media/urlExists", {{"mediaUrl", 1}}).status, 400);
}

TEST_F(SandboxUpload, FilesExpire) {
  const std::string small = uploaded("a.mp4");
  const Answer ticket = get("/media/uploadUrl?fileName=b.mp4");
  EXPECT_EQ(put(ticket.body["uploadUrl"], "large", "video/mp4")->status, 200);
  clock_.advance(std::chrono::hours(24 * 30));
  EXPECT_EQ(client().Get(path_of(ticket.body["accessUrl"]))->status, 404);
  EXPECT_EQ(fetched(small), "some bytes");
  clock_.advance(std::chrono::hours(24 * 60));
  EXPECT_EQ(client().Get(path_of(small))->status, 404);
}

TEST_F(SandboxUpload, GalleryIsABareArrayNewestFirst) {
  const std::string first = uploaded("a.mp4", "123");
  clock_.advance(std::chrono::seconds(1));
  const std::string second = uploaded("b.jpg", "12345");
  const Json gallery = get("/media").body;
  ASSERT_EQ(gallery.size(), 2U) << gallery;
  EXPECT_EQ(gallery[0]["url"], second);
  EXPECT_EQ(gallery[0]["size"], "5");
  EXPECT_EQ(gallery[0]["timeCreated"], "2026-11-22T00:00:01.250Z");
  EXPECT_EQ(gallery[1]["url"], first);
  EXPECT_EQ(gallery[1]["fileName"], "a.mp4");
  EXPECT_EQ(gallery[1]["expiresAt"], "2027-02-20T00:00:00.250Z");
}

}  // namespace
}  // namespace tokprep
