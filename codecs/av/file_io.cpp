#include "codecs/av/file_io.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <memory>
#include <utility>

#include "base/file_descriptor.h"
#include "codecs/av/av_error.h"

namespace tokprep::av {
namespace {

// Those of libav's own file protocol.
constexpr int kReadBufferBytes = 32768;
constexpr int kWriteBufferBytes = 262144;

struct OpenFile {
  FileDescriptor file;
  AVIOInterruptCB interrupt{};
  std::int64_t position = 0;
  int read_errno = 0;
};

int read_some(void* opaque, std::uint8_t* out, int size) {
  auto& open = *static_cast<OpenFile*>(opaque);
  if (open.interrupt.callback != nullptr && open.interrupt.callback(open.interrupt.opaque) != 0) return AVERROR_EXIT;
  ssize_t got = -1;
  do got = ::pread(open.file.get(), out, static_cast<std::size_t>(size), open.position);
  while (got < 0 && errno == EINTR);
  if (got < 0) return AVERROR(open.read_errno = errno);
  if (got == 0) return AVERROR_EOF;
  open.position += got;
  return static_cast<int>(got);
}

int write_all(void* opaque, std::uint8_t* bytes, int size) {
  auto& open = *static_cast<OpenFile*>(opaque);
  for (int done = 0; done < size;) {
    const ssize_t written =
        ::pwrite(open.file.get(), bytes + done, static_cast<std::size_t>(size - done), open.position);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return AVERROR(errno);
    done += static_cast<int>(written);
    open.position += written;
  }
  return size;
}

std::int64_t seek(void* opaque, std::int64_t offset, int whence) {
  auto& open = *static_cast<OpenFile*>(opaque);
  struct stat status {};
  if (::fstat(open.file.get(), &status) != 0) return AVERROR(errno);
  switch (whence & ~AVSEEK_FORCE) {
    case AVSEEK_SIZE:
      return status.st_size;
    case SEEK_CUR:
      offset += open.position;
      break;
    case SEEK_END:
      offset += status.st_size;
      break;
    default:
      break;
  }
  if (offset < 0) return AVERROR(EINVAL);
  return open.position = offset;
}

AVIOContext* stream_over(OpenFile open, bool for_writing) {
  const int buffer_bytes = for_writing ? kWriteBufferBytes : kReadBufferBytes;
  auto* buffer = static_cast<unsigned char*>(av_malloc(static_cast<std::size_t>(buffer_bytes)));
  if (buffer == nullptr) return nullptr;
  auto state = std::make_unique<OpenFile>(std::move(open));
  AVIOContext* io = avio_alloc_context(buffer, buffer_bytes, for_writing ? 1 : 0, state.get(), read_some,
                                       for_writing ? write_all : nullptr, seek);
  if (io == nullptr) {
    av_free(buffer);
    return nullptr;
  }
  (void)state.release();  // `close_file` deletes it
  if (for_writing) io->min_packet_size = io->max_packet_size = kWriteBufferBytes;
  return io;
}

Result<AVIOContext*> stream_or_error(OpenFile open, bool for_writing) {
  AVIOContext* io = stream_over(std::move(open), for_writing);
  if (io == nullptr) return av_error(AVERROR(ENOMEM), "open the file");
  return io;
}

int refuse_to_open(AVFormatContext*, AVIOContext**, const char*, int, AVDictionary**) { return AVERROR(EPERM); }

}  // namespace

Result<AVIOContext*> open_file_to_read(const std::filesystem::path& path, AVIOInterruptCB interrupt) {
  TOKPREP_ASSIGN(FileDescriptor file, open_for_reading(path));
  return stream_or_error({std::move(file), interrupt}, false);
}

Result<AVIOContext*> open_file_to_write(const std::filesystem::path& path) {
  TOKPREP_ASSIGN(FileDescriptor file, open_for_writing(path));
  return stream_or_error({std::move(file)}, true);
}

int read_errno(const AVIOContext& reader) { return static_cast<const OpenFile*>(reader.opaque)->read_errno; }

AVIOContext* read_beside(const AVIOContext& writer) {
  FileDescriptor file(::fcntl(static_cast<const OpenFile*>(writer.opaque)->file.get(), F_DUPFD_CLOEXEC, 3));
  return file.valid() ? stream_over({std::move(file)}, false) : nullptr;
}

int close_file(AVIOContext* io) {
  if (io == nullptr) return 0;
  if (io->write_flag != 0) avio_flush(io);
  const int error = io->write_flag != 0 ? io->error : 0;
  delete static_cast<OpenFile*>(io->opaque);
  av_freep(&io->buffer);
  avio_context_free(&io);
  return error;
}

void forbid_other_files(AVFormatContext& format) { format.io_open = refuse_to_open; }

}  // namespace tokprep::av
