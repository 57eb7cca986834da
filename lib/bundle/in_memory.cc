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

}  // namespace

struct InMemoryShard::State {
  State(std::shared_ptr<const crypto::BulkCrypto> b, std::size_t capacity)
      : bulk(std::move(b)),
        room(capacity),
        windows(RunCount(MostCoded(capacity)) * kRunLeaves + 1),
        scratch(*bulk) {
    for (std::size_t i = 0; i < windows.windows(); ++i) std::ranges::fill(windows.Window(i), std::uint8_t{0});
  }

  Status OpenRun(const RunDecryptor& decryptor, bool check_leaves, std::uint64_t offset, MutableBytes coded);

  const std::shared_ptr<const crypto::BulkCrypto> bulk;
  const std::size_t room;
  const SecretBytes key = SecretBytes::Random(BundleKey::kSize);
  crypto::LeafBuffer windows;  // the whole file
  codec::BlockCoder coder;
  BlockScratch scratch;
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
                     {.threads = 1, .padded_size = [](std::uint64_t size) { return size; }}, {});
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
  s.leaves = encryptor.leaves();
  s.header = encryptor.header();
  return {};
}

// What EncryptedFile::Read does once the windows are read.
Status InMemoryShard::State::OpenRun(const RunDecryptor& decryptor, bool check_leaves, std::uint64_t offset,
                                     MutableBytes coded) {
  const std::uint64_t end = (offset + coded.size() - 1) / kSegmentCapacity + 1;
  for (std::uint64_t first = offset / kSegmentCapacity; first < end; first += kRunSegments) {
    const std::uint64_t last = std::min(end, first + kRunSegments);
    const WindowRange range = WindowsOf(first, last, size);
    if (check_leaves) {
      const std::uint64_t last_size = LeafSize(size, range.first + range.count - 1);
      const auto altered = FindAlteredLeaf(*scratch.read.worker, windows, range.first, last_size,
                                           std::span(leaves).subspan(range.first, range.count));
      if (altered) return std::unexpected(LeafAltered("memory", range.first + *altered, size));
    }
    SR_RETURN_IF_ERROR(decryptor.Decrypt(*scratch.read.worker, windows, 0, first, last, offset, coded,
                                         scratch.read.segment.bytes()));
  }
  return {};
}

Status InMemoryShard::Open(bool check_leaves, MutableBytes plaintext) {
  State& s = *state_;
  if (plaintext.size() != s.plaintext_size)
    return Fail(ErrorCode::kInvalidArgument, "not the size that was sealed");
  SR_ASSIGN_OR_RETURN(crypto::FloeDecryptor floe, crypto::FloeDecryptor::Create(s.bulk, s.key, {}, s.header));
  const RunDecryptor decryptor(std::move(floe), s.stream_size);
  Status result;
  std::uint64_t offset = 0, at = 0;
  for (std::size_t i = 0; result && i < s.coded_sizes.size();) {
    // As many blocks as one go takes.
    std::size_t end = i;
    std::uint64_t size = 0;
    while (end < s.coded_sizes.size() && size + s.coded_sizes[end] <= kRunCodedSize)
      size += s.coded_sizes[end++];
    const MutableBytes coded = s.scratch.coded.bytes().first(size);
    result = s.OpenRun(decryptor, check_leaves, offset, coded);
    offset += size;
    for (std::uint64_t in_run = 0; result && i < end; in_run += s.coded_sizes[i++]) {
      const MutableBytes out =
          plaintext.subspan(at, std::min<std::uint64_t>(codec::kMaxBlock, plaintext.size() - at));
      result = s.scratch.decoder.Decode(s.element, coded.subspan(in_run, s.coded_sizes[i]), out);
      at += out.size();
    }
  }
  return result;
}

}  // namespace strongroom::bundle
