#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <thread>

#include "base/owned.h"
#include "tests/support/temp_folder.h"
#include "upload/curl_client.h"

namespace tokprep {
namespace {

using testing::HasSubstr;

using KeyPtr = Owned<EVP_PKEY, EVP_PKEY_free>;
using CertificatePtr = Owned<X509, X509_free>;
using FilePtr = Owned<std::FILE, std::fclose>;

/// A certificate for 127.0.0.1 that vouches for itself, as the test's own authority.
class Authority {
 public:
  explicit Authority(const test::TempFolder& folder)
      : certificate_file(folder.path() / "ca.pem"), key_file(folder.path() / "key.pem"), key_(EVP_EC_gen("P-256")) {
    certificate_.reset(X509_new());
    X509_set_version(certificate_.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate_.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate_.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate_.get()), 3600);
    X509_set_pubkey(certificate_.get(), key_.get());
    X509_NAME* name = X509_get_subject_name(certificate_.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
    X509_set_issuer_name(certificate_.get(), name);
    add_extension(NID_basic_constraints, "critical,CA:TRUE");
    add_extension(NID_subject_alt_name, "IP:127.0.0.1");
    X509_sign(certificate_.get(), key_.get(), EVP_sha256());
    const FilePtr certificate_out(std::fopen(certificate_file.c_str(), "w"));
    const FilePtr key_out(std::fopen(key_file.c_str(), "w"));
    PEM_write_X509(certificate_out.get(), certificate_.get());
    PEM_write_PrivateKey(key_out.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
  }

  std::filesystem::path certificate_file;
  std::filesystem::path key_file;

 private:
  void add_extension(int kind, const char* value) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value);
    X509_add_ext(certificate_.get(), extension, -1);
    X509_EXTENSION_free(extension);
  }

  KeyPtr key_;
  CertificatePtr certificate_;
};

class CurlTlsTest : public testing::Test {
 protected:
  CurlTlsTest() : authority_(folder_), server_(authority_.certificate_file.c_str(), authority_.key_file.c_str()) {
    server_.Get("/x", [](const httplib::Request&, httplib::Response& response) {
      response.set_content("over TLS", "text/plain");
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::jthread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  ~CurlTlsTest() override { server_.stop(); }

  Result<HttpResponse> get(CurlClient& client, const std::string& host = "127.0.0.1") {
    return client.send({.url = "https://" + host + ":" + std::to_string(port_) + "/x"}, run_);
  }

  test::TempFolder folder_;
  Authority authority_;
  httplib::SSLServer server_;
  int port_ = 0;
  RunContext run_;
  std::jthread thread_;
};

TEST_F(CurlTlsTest, AnAuthorityOfOnesOwnIsTrustedWhenItIsNamed) {
  CurlClient client({.ca_file = authority_.certificate_file});
  const auto response = get(client);
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->body, "over TLS");
}

TEST_F(CurlTlsTest, OtherwiseItIsRefusedBeforeAnythingIsSent) {
  CurlClient client;
  const auto response = get(client);
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ErrorCode::kNetwork);
  EXPECT_THAT(response.error().fix, HasSubstr("--ca-file"));
}

TEST_F(CurlTlsTest, TheNameMustMatchToo) {
  CurlClient client({.ca_file = authority_.certificate_file});
  const auto response = get(client, "localhost");
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ErrorCode::kNetwork);
}

TEST_F(CurlTlsTest, AFolderWithoutIt) {
  CurlClient client({.ca_file = folder_.path()});  // a folder works by hashed names, of which there are none
  EXPECT_EQ(get(client).error().code, ErrorCode::kNetwork);
}

TEST_F(CurlTlsTest, AnAuthorityFileThatCannotBeUsedIsAWrongSetting) {
  CurlClient client({.ca_file = folder_.path() / "none.pem"});
  const auto response = get(client);
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(response.error().file, (folder_.path() / "none.pem").string());
}

}  // namespace
}  // namespace tokprep
