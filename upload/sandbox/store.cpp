#include "upload/sandbox/store.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "base/json.h"
#include "upload/sandbox/ids.h"

namespace tokprep::sandbox {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBookLimitBytes = std::size_t{256} << 20;

tl::unexpected<Error> unwritable(const fs::path& path, int error_number) {
  Error error;
  error.code = ErrorCode::kOutputUnwritable;
  error.message = fmt::format("the sandbox cannot keep its data in {}: {}", path.string(), std::strerror(error_number));
  error.native = error_number;
  error.file = path.string();
  error.fix = "name a folder that can be written with --data";
  return fail(std::move(error));
}

Status make_folders(const fs::path& data_dir) {
  std::error_code error;
  fs::remove_all(data_dir / "incoming", error);  // what a crash left half received
  for (const fs::path& folder : {data_dir, data_dir / "media", data_dir / "incoming"}) {
    fs::create_directories(folder, error);
    if (error) return unwritable(folder, error.value());
  }
  return {};
}

Result<FileDescriptor> lock_folder(const fs::path& data_dir) {
  std::error_code error;
  fs::create_directories(data_dir, error);
  if (error) return unwritable(data_dir, error.value());
  FileDescriptor file(::open((data_dir / ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644));
  if (!file.valid()) return unwritable(data_dir, errno);
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    return fail(ErrorCode::kOutputUnwritable, fmt::format("another sandbox is using {}", data_dir.string()), errno);
  }
  return file;
}

Result<Book> load(const fs::path& path) {
  std::error_code error;
  if (!fs::exists(path, error)) {
    Book fresh;
    fresh.account = random_alphanumerics(20);
    return fresh;
  }
  TOKPREP_ASSIGN(const std::string text, read_text_file(path, kBookLimitBytes));
  TOKPREP_ASSIGN(const Json json, parse_json(text, path.string()));
  return parse_as<Book>(json, path.string());
}

}  // namespace

Result<std::unique_ptr<Store>> Store::open(const fs::path& data_dir) {
  TOKPREP_ASSIGN(FileDescriptor lock, lock_folder(data_dir));
  TOKPREP_TRY(make_folders(data_dir));
  TOKPREP_ASSIGN(Book book, load(data_dir / "posts.json"));
  std::unique_ptr<Store> store(new Store(data_dir, std::move(lock), std::move(book)));
  TOKPREP_TRY(store->save(store->book_));  // says now, not at the first post, that the disk cannot be written
  return store;
}

Store::Store(fs::path data_dir, FileDescriptor lock, Book book)
    : data_dir_(std::move(data_dir)), lock_(std::move(lock)), book_(std::move(book)) {}

Status Store::save(const Book& book) const {
  return write_file(data_dir_ / "posts.json", Json(book).dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
}

fs::path Store::file_of(const std::string& media_path) const { return data_dir_ / "media" / media_path; }

Result<PendingFile> Store::new_incoming() const { return PendingFile::create(data_dir_ / "incoming" / random_uuid()); }

Status Store::keep(PendingFile file, const std::string& media_path) const {
  TOKPREP_TRY(file.commit());
  const fs::path target = file_of(media_path);
  std::error_code error;
  fs::create_directories(target.parent_path(), error);
  if (!error) fs::rename(file.target(), target, error);
  if (error) return unwritable(target, error.value());
  return {};
}

void Store::release() { lock_.reset(); }

}  // namespace tokprep::sandbox
