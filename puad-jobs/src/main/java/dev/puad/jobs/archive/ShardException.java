package dev.puad.jobs.archive;

import dev.puad.model.image.RejectReason;
import java.io.IOException;

/** A shard cannot be read on, for a reason that is known. */
final class ShardException extends IOException {

  private static final long serialVersionUID = 1L;

  private final RejectReason reason;

  ShardException(RejectReason reason, String message) {
    super(message);
    this.reason = reason;
  }

  Problem problem() {
    return new Problem(reason, getMessage());
  }
}
