package dev.hivesync.core;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.util.Optional;
import java.util.Set;

/** The agent's discovery file. Believes nothing that another user could have written or read. */
public final class DiscoveryFile {

  private static final int SIZE_MAX_BYTES = 65_536;
  private static final Set<PosixFilePermission> PRIVATE = Set.of(
    PosixFilePermission.OWNER_READ,
    PosixFilePermission.OWNER_WRITE,
    PosixFilePermission.OWNER_EXECUTE
  );

  private final Path path;
  private UserPrincipal me;

  public DiscoveryFile(Path path) {
    this.path = path;
  }

  /** Give what tells two writings of the file apart without reading it; nothing if there is none. */
  public Optional<String> stamp() {
    try {
      return Optional.of(stampOf(attributes()));
    } catch (IOException none) {
      return Optional.empty();
    }
  }

  /** Read and check the file; throw with the reason. */
  public Discovery read() throws AgentUnusableException {
    try {
      BasicFileAttributes before = attributes();
      // Only a regular file is opened: a pipe could make us wait for ever.
      checkOwner(before);
      byte[] content = bytes();
      // Java can't ask an open file who owns it, so it is made sure that nothing was swapped in meanwhile.
      if (!stampOf(before).equals(stampOf(attributes()))) {
        throw AgentUnusableException.damaged("The discovery file was changed while it was read.");
      }
      return Discovery.of(new String(content, StandardCharsets.UTF_8));
    } catch (NoSuchFileException none) {
      throw AgentUnusableException.absent();
    } catch (IOException unreadable) {
      throw AgentUnusableException.damaged("The discovery file can't be read.");
    }
  }

  private BasicFileAttributes attributes() throws IOException {
    boolean isPosix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
    Class<? extends BasicFileAttributes> kind = isPosix ? PosixFileAttributes.class : BasicFileAttributes.class;
    return Files.readAttributes(path, kind, LinkOption.NOFOLLOW_LINKS);
  }

  private byte[] bytes() throws IOException, AgentUnusableException {
    Set<OpenOption> options = Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    ByteBuffer content = ByteBuffer.allocate(SIZE_MAX_BYTES + 1);
    try (SeekableByteChannel channel = Files.newByteChannel(path, options)) {
      while (content.hasRemaining() && channel.read(content) >= 0) {
        continue;
      }
    }
    if (!content.hasRemaining()) {
      throw AgentUnusableException.damaged("The discovery file is far too long to be one.");
    }
    byte[] read = new byte[content.position()];
    content.flip().get(read);
    return read;
  }

  private void checkOwner(BasicFileAttributes info) throws IOException, AgentUnusableException {
    if (!info.isRegularFile()) {
      throw AgentUnusableException.damaged("The discovery file is not a regular file.");
    }
    if (!(info instanceof PosixFileAttributes posix)) {
      return; // on Windows the folder's access list keeps others out
    }
    if (!posix.owner().equals(me())) {
      throw AgentUnusableException.damaged("The discovery file belongs to another user; it is not believed.");
    }
    if (!PRIVATE.containsAll(posix.permissions())) {
      throw AgentUnusableException.damaged("Others can access the discovery file; restart the agent to renew it.");
    }
  }

  /** Java does not tell who runs it, but a new file is always ours. */
  private synchronized UserPrincipal me() throws IOException {
    if (me == null) {
      Path mine = Files.createTempFile("hivesync", null);
      try {
        me = Files.getOwner(mine, LinkOption.NOFOLLOW_LINKS);
      } finally {
        Files.delete(mine);
      }
    }
    return me;
  }

  private static String stampOf(BasicFileAttributes info) {
    return info.fileKey() + " " + info.size() + " " + info.lastModifiedTime();
  }
}
