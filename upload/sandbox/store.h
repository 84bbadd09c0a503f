#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <type_traits>
#include <utility>

#include "base/file_descriptor.h"
#include "base/pending_file.h"
#include "base/result.h"
#include "upload/sandbox/records.h"

namespace tokprep::sandbox {

/// The book and the bytes, on disk:
///
///   data_dir/posts.json       the book; replaced whole, atomically, after every change
///   data_dir/media/<path>     what was received whole
///   data_dir/incoming/        what is being received; emptied at the start
///   data_dir/.lock            held while open: one server a folder
///
/// Thread-safe. `read` and `change` hold one lock: what they run must be short and open no media.
class Store {
 public:
  /// Errors: kOutputUnwritable (cannot be made, or another server has it), kInvalidArgument (posts.json is not ours).
  static Result<std::unique_ptr<Store>> open(const std::filesystem::path& data_dir);

  /// `look(const Book&)`; returns what it returns.
  template <class F>
  auto read(F&& look) const {
    const std::lock_guard lock(mutex_);
    return std::forward<F>(look)(book_);
  }

  /// `edit(Book&)`, which returns a Result or Status; what it did counts only if it succeeded and is on disk.
  template <class F>
  auto change(F&& edit) -> std::invoke_result_t<F, Book&> {
    const std::lock_guard lock(mutex_);
    Book draft = book_;
    auto outcome = std::forward<F>(edit)(draft);
    if (!outcome) return outcome;
    TOKPREP_TRY(save(draft));
    book_ = std::move(draft);
    return outcome;
  }

  [[nodiscard]] std::filesystem::path file_of(const std::string& media_path) const;

  /// A place for a file that is being received.
  [[nodiscard]] Result<PendingFile> new_incoming() const;

  /// Makes a received file the one at `media_path`.
  Status keep(PendingFile file, const std::string& media_path) const;

  /// Lets another server have the folder. Nothing may be changed afterwards.
  void release();

 private:
  Store(std::filesystem::path data_dir, FileDescriptor lock, Book book);
  [[nodiscard]] Status save(const Book& book) const;

  std::filesystem::path data_dir_;
  FileDescriptor lock_;
  mutable std::mutex mutex_;
  Book book_;  // guarded by mutex_
};

}  // namespace tokprep::sandbox
