#include "pipeline/begun_outputs.h"

#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string_view>
#include <system_error>
#include <unordered_set>
#include <utility>

#include "base/digest.h"
#include "base/pending_part.h"
#include "pipeline/output_stems.h"

namespace tokprep {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kNoteMaxBytes = std::size_t{64} << 20;  // 100,000 stems of some length

fs::path plain(const fs::path& folder) {
  std::error_code failed;
  fs::path whole = fs::weakly_canonical(folder, failed);
  return failed ? folder : whole;
}

/// Each ended by a zero byte, which no name has; one that was cut short is nothing.
std::vector<std::string> stems_in(const std::string& note) {
  std::vector<std::string> stems;
  for (std::size_t at = 0, end = 0; (end = note.find('\0', at)) != std::string::npos; at = end + 1)
    stems.push_back(note.substr(at, end - at));
  return stems;
}

/// "beach.mp4" of ".beach.mp4.part" and ".beach.mp4.link", without what says of which kind of file it is; nothing for
/// other names, that of a certificate's part among them.
std::optional<std::string> output_in(std::string_view name) {
  if (!name.starts_with('.') || !(name.ends_with(".part") || name.ends_with(".link"))) return std::nullopt;
  name.remove_prefix(1);
  name.remove_suffix(std::string_view(".part").size());
  static constexpr std::array<std::string_view, 3> kEndings = {".mp4", ".jpg", ".webp"};
  const auto* ending = std::ranges::find_if(kEndings, [&](std::string_view one) { return name.ends_with(one); });
  if (ending == kEndings.end()) return std::nullopt;
  return std::string(name);
}

/// The stems that an output of this name may be of.
std::vector<std::string> stems_of(const std::string& output) {
  std::string stem = output.substr(0, output.rfind('.'));
  std::vector<std::string> stems = {stem};
  if (stem.ends_with(".cover")) stems.push_back(stem.substr(0, stem.size() - std::string_view(".cover").size()));
  for (std::size_t i = 0, count = stems.size(); i < count; ++i) {
    if (is_name_of_part(stems[i])) stems.push_back(stems[i].substr(0, stems[i].rfind('.')));
  }
  return stems;
}

bool is_numbered(const std::string& output) {
  return output.substr(0, output.rfind('.')).find_first_not_of("0123456789") == std::string::npos;
}

/// True where there was any.
template <class IsOurs>
bool clear_folder(const fs::path& folder, IsOurs is_ours) {
  std::vector<fs::path> targets;
  std::error_code failed;
  for (fs::directory_iterator entry(folder, failed), end; !failed && entry != end; entry.increment(failed)) {
    const auto output = output_in(entry->path().filename().native());
    if (output && is_ours(*output)) targets.push_back(folder / *output);
  }
  std::ranges::for_each(targets, remove_unheld);
  return !targets.empty();
}

}  // namespace

void remove_left_over_parts(const fs::path& output_dir, const std::vector<std::string>& stems) {
  std::map<fs::path, std::unordered_set<std::string>> folders;
  for (const std::string& stem : stems) {
    const fs::path place = output_dir / stem;
    folders[place.parent_path()].insert(place.filename().native());
  }
  for (const auto& [folder, names] : folders) {
    clear_folder(folder, [&names = names](const std::string& output) {
      return std::ranges::any_of(stems_of(output), [&](const std::string& stem) { return names.contains(stem); });
    });
    for (const std::string& name : names) {  // the pictures of a folder; gone where they are all there was
      if (clear_folder(folder / name, is_numbered)) ::rmdir((folder / name).c_str());
    }
  }
}

BegunOutputs::BegunOutputs(const fs::path& state, const fs::path& output_dir)
    : notes_(state / "begun" / sha256_of(plain(output_dir).native()).substr(0, 32)) {
  std::error_code failed;
  std::vector<fs::path> notes;
  for (fs::directory_iterator entry(notes_, failed), end; !failed && entry != end; entry.increment(failed))
    notes.push_back(entry->path());
  for (const fs::path& path : notes) {
    const FileDescriptor note(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!note.valid() || ::flock(note.get(), LOCK_EX | LOCK_NB) != 0) continue;
    if (const auto text = read_text_file(path, kNoteMaxBytes)) remove_left_over_parts(output_dir, stems_in(*text));
    ::unlink(path.c_str());
  }
}

BegunOutputs::~BegunOutputs() {
  if (path_.empty()) return;
  ::unlink(path_.c_str());
  ::rmdir(notes_.c_str());
}

void BegunOutputs::open_note() {
  std::error_code failed;
  fs::create_directories(notes_, failed);
  std::string name = (notes_ / "XXXXXX").native();
  note_ = FileDescriptor(::mkostemp(name.data(), O_CLOEXEC | O_APPEND));
  if (!note_.valid()) return;
  path_ = name;
  (void)::flock(note_.get(), LOCK_EX | LOCK_NB);
}

BegunOutputs::Work BegunOutputs::begin(const fs::path& stem) {
  const std::lock_guard lock(mutex_);
  struct stat status {};
  // Another run that was starting may have taken it for one that nobody holds, before there was a lock.
  if (!note_.valid() || ::fstat(note_.get(), &status) != 0 || status.st_nlink == 0) open_note();
  ++under_way_;
  if (note_.valid()) {
    const std::string line = stem.native() + '\0';
    (void)!::write(note_.get(), line.data(), line.size());
  }
  return Work(this);
}

void BegunOutputs::end() {
  const std::lock_guard lock(mutex_);
  if (--under_way_ == 0 && note_.valid()) (void)!::ftruncate(note_.get(), 0);  // a watch goes on for months
}

BegunOutputs::Work::~Work() {
  if (begun_ != nullptr) begun_->end();
}

}  // namespace tokprep
