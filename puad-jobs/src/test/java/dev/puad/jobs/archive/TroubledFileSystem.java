package dev.puad.jobs.archive;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.util.concurrent.CountDownLatch;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/**
 * The local file system under another name, whose files fail or hang in their middle if their path
 * says so, and whose folders do if a file in them says so.
 */
public final class TroubledFileSystem extends RawLocalFileSystem {

  public static final String SCHEME = "troubled";

  /** Key of a Hadoop configuration, by which it is known. */
  public static final String KEY = "fs." + SCHEME + ".impl";

  /** What the storage says when a path has "fails". */
  public static final String FAILURE = "the storage is on fire";

  /** A folder with this file cannot be listed. */
  public static final String FAILS = ".fails";

  /** A folder with this file is listed when it is gone. */
  public static final String HANGS = ".hangs";

  private static final CountDownLatch NEVER = new CountDownLatch(1);

  /** A configuration that knows it. */
  public static Configuration configuration() {
    Configuration hadoop = new Configuration();
    hadoop.set(KEY, TroubledFileSystem.class.getName());
    return hadoop;
  }

  /** The URI under which a local file is troubled. */
  public static String uri(java.nio.file.Path file) throws IOException {
    return SCHEME + "://" + file.toRealPath().toUri().getRawPath();
  }

  @Override
  public URI getUri() {
    return URI.create(SCHEME + ":///");
  }

  @Override
  public String getScheme() {
    return SCHEME;
  }

  @Override
  public FSDataInputStream open(Path path, int bufferSize) throws IOException {
    return new FSDataInputStream(new Troubled(path));
  }

  @Override
  public FileStatus[] listStatus(Path folder) throws IOException {
    File marked = pathToFile(folder);
    if (new File(marked, FAILS).exists()) {
      throw new IOException(FAILURE);
    }
    while (new File(marked, HANGS).exists()) {
      try {
        Thread.sleep(50);
      } catch (InterruptedException e) {
        throw new IOException("interrupted", e);
      }
    }
    return super.listStatus(folder);
  }

  private static final class Troubled extends FSInputStream {

    private final RandomAccessFile file;
    private final String path;

    Troubled(Path path) throws IOException {
      this.path = path.toUri().getPath();
      this.file = new RandomAccessFile(this.path, "r");
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      long half = file.length() / 2 - file.getFilePointer();
      if (half <= 0) {
        trouble();
        return file.read(bytes, offset, length);
      }
      return file.read(bytes, offset, (int) Math.min(length, half));
    }

    private void trouble() throws IOException {
      if (path.contains("fails")) {
        throw new IOException(FAILURE);
      }
      while (path.contains("hangs")) {
        try {
          NEVER.await();
        } catch (InterruptedException e) {
          if (!path.contains("for ever")) {
            throw new IOException("interrupted", e);
          }
        }
      }
    }

    @Override
    public void seek(long position) throws IOException {
      file.seek(position);
    }

    @Override
    public long getPos() throws IOException {
      return file.getFilePointer();
    }

    @Override
    public boolean seekToNewSource(long position) {
      return false;
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
