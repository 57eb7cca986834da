#include "strongroom/bundle/in_memory.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "bundle/block_reader.h"
#include "bundle/coded_stream.h"
#include "bundle/encrypted_run.h"
#include "bundle/leaves.h"
#include "strongroom/crypto/floe.h"

namespace strongroom::bundle {
namespace {

using crypto::kLeafSize;

std::uint64_t MostCoded(std::uint64_t capacity) {
  return capacity + (capacity / codec::kMaxBlock + 1) * codec::kMaxOverhead;
}

// A model of one file and one element type.
Source OneFile(codec::Element element, std::uint64_t size) {
  SourceFile file;
  file.record.size = size;
  if (size > 0) file.cuts.push_back({.offset = 0, .size = size, .element = element});
  Source source;
  source.blocks = (size + codec::kMaxBlock - 1) / codec::kMaxBlock;
  source.files.push_back(std::move(file));
  return source;
}

// A sealed file whose windows are all in memory already.
class ResidentFile final : public SegmentReader {
 public:
  static Expected<std::unique_ptr<ResidentFile>> Open(const crypto::LeafBuffer& windows, std::uint64_t size,
                                                      std::uint64_t plaintext_size,
                                                      std::vector<Digest> leaves,
                                                      std::shared_ptr<const crypto::BulkCrypto> bulk,
                                                      const SecretBytes& key,
                                                      const crypto::FloeHeader& header) {
    std::unique_ptr<ResidentFile> file(new ResidentFile(windows, size, plaintext_size, std::move(leaves)));
    SR_RETURN_IF_ERROR(file->SetHeader(std::move(bulk), key, {}, header));
    return file;
  }

 private:
  ResidentFile(const crypto::LeafBuffer& windows, std::uint64_t size, std::uint64_t plaintext_size,
               std::vector<Digest> leaves)
      : SegmentReader("memory", size, plaintext_size, std::move(leaves)), windows_(windows) {}
  Expected<WindowView> Load(ReadScratch&, const WindowRange&, bool) const override {
    return WindowView{&windows_, 0};
  }

  const crypto::LeafBuffer& windows_;
};

}  // namespace

struct InMemoryShard::State {
  State(std::shared_ptr<const crypto::BulkCrypto> b, std::size_t capacity)
      : bulk(std::move(b)),
        room(capacity),
        windows(RunCount(MostCoded(capacity)) * kRunLeaves + 1),
        scratch(*bulk) {
    for (std::size_t i = 0; i < windows.windows(); ++i) std::ranges::fill(windows.Window(i), std::uint8_t{0});
  }

  const std::shared_ptr<const crypto::BulkCrypto> bulk;
  const std::size_t room;
  const SecretBytes key = SecretBytes::Random(BundleKey::kSize);
  crypto::LeafBuffer windows;  // the whole file
  codec::BlockCoder coder;
  BlockScratch scratch;
  StreamBuffers buffers;
  // Of what is sealed:
  codec::Element element = codec::Element::kBytes;
  std::uint64_t plaintext_size = 0, stream_size = 0, size = 0;
  std::vector<std::uint32_t> coded_sizes;
  std::vector<Digest> leaves;
  crypto::FloeHeader header{};
};

InMemoryShard::InMemoryShard(std::shared_ptr<const crypto::BulkCrypto> bulk, std::size_t capacity)
    : state_(std::make_unique<State>(std::move(bulk), capacity)) {}
InMemoryShard::~InMemoryShard() = default;

std::uint64_t InMemoryShard::size() const {
  return state_->size;
}

std::uint8_t& InMemoryShard::At(std::uint64_t offset) {
  return state_->windows.Window(offset / kLeafSize)[offset % kLeafSize];
}

Status InMemoryShard::Seal(codec::Element element, ByteView plaintext) {
  State& s = *state_;
  if (plaintext.size() > s.room)
    return Fail(ErrorCode::kInvalidArgument, "the plaintext is longer than the shard's room");
  const Source source = OneFile(element, plaintext.size());
  CodedStream stream(BlockCursor(source),
                     {.threads = 1, .padded_size = [](std::uint64_t size) { return size; }}, {},
                     std::move(s.buffers));
  RunEncryptor encryptor(crypto::FloeEncryptor::Create(s.bulk, s.key, {}));
  while (true) {
    SR_ASSIGN_OR_RETURN(CodedStream::Work work, stream.Next({}));
    if (const auto* block = std::get_if<StreamBlock>(&work)) {
      const ByteView bytes = plaintext.subspan(block->block.offset, block->block.size);
      SR_RETURN_IF_ERROR(s.coder.Code(element, bytes, block->buffer->coded));
      stream.Place(*block);
    } else if (const auto* run = std::get_if<StreamRun>(&work)) {
      const std::size_t first = run->run * kRunLeaves;
      const std::uint64_t end =
          encryptor.Encrypt(*s.scratch.read.worker, run->run, run->final, run->plaintext, s.windows, first);
      s.size = first * kLeafSize + end;
      stream.Release(*run);
    } else {
      break;
    }
  }
  std::ranges::copy(encryptor.header(), s.windows.Window(0).begin());
  s.element = element;
  s.plaintext_size = plaintext.size();
  s.stream_size = stream.size();
  s.coded_sizes = stream.coded_sizes();
  s.buffers = std::move(stream).TakeBuffers();
  s.leaves = encryptor.leaves();
  s.header = encryptor.header();
  return {};
}

Status InMemoryShard::Open(bool check_leaves, MutableBytes plaintext) {
  State& s = *state_;
  if (plaintext.size() != s.plaintext_size)
    return Fail(ErrorCode::kInvalidArgument, "not the size that was sealed");
  SR_ASSIGN_OR_RETURN(const auto file, ResidentFile::Open(s.windows, s.size, s.stream_size,
                                                          check_leaves ? s.leaves : std::vector<Digest>(),
                                                          s.bulk, s.key, s.header));
  s.scratch.read.file = {};  // nothing is known of it, as when it is opened for the first time
  std::uint64_t offset = 0, at = 0;
  for (std::size_t i = 0; i < s.coded_sizes.size();) {
    // As many blocks as one go takes.
    std::size_t end = i;
    std::uint64_t size = 0;
    while (end < s.coded_sizes.size() && size + s.coded_sizes[end] <= kRunCodedSize)
      size += s.coded_sizes[end++];
    const MutableBytes coded = s.scratch.coded.bytes().first(size);
    SR_RETURN_IF_ERROR(file->Read(s.scratch.read, offset, coded));
    offset += size;
    for (std::uint64_t in_run = 0; i < end; in_run += s.coded_sizes[i++]) {
      const MutableBytes out =
          plaintext.subspan(at, std::min<std::uint64_t>(codec::kMaxBlock, plaintext.size() - at));
      SR_RETURN_IF_ERROR(s.scratch.decoder.Decode(s.element, coded.subspan(in_run, s.coded_sizes[i]), out));
      at += out.size();
    }
  }
  return {};
}

}  // namespace strongroom::bundle
