package dev.puad.model.network;

import java.util.List;

/** The topologies of tiny and medium with few channels. */
public final class NarrowNetworks {

  /** Tiny's, so narrow that finite differences take seconds. */
  public static final Architecture ARCHITECTURE =
      new Architecture(
          "narrow",
          128,
          List.of(
              new Architecture.Block(4, 3, 3, true),
              new Architecture.Block(4, 3, 4, true),
              new Architecture.Block(3, 1, 4, false),
              new Architecture.Block(4, 0, 5, false)),
          null,
          List.of(4, 4, 6, 6, 6),
          4,
          5,
          new Architecture.Recipe(1e-3, 1e-3, 0, 0.2, 1));

  /** The same with as many channels as Winograd's minimal filtering needs to pay. */
  public static final Architecture SIXTEEN_CHANNELS =
      new Architecture(
          "sixteen",
          128,
          List.of(
              new Architecture.Block(4, 3, 16, true),
              new Architecture.Block(4, 3, 16, true),
              new Architecture.Block(3, 1, 16, false),
              new Architecture.Block(4, 0, 16, false)),
          null,
          List.of(4, 4, 6, 6, 6),
          4,
          16,
          new Architecture.Recipe(1e-3, 1e-3, 0, 0.2, 1));

  /**
   * Medium's at the size of tiny, as wide as the former: with 1×1 convolutions, which are the heads
   * too, and a student that is wider than the teacher before its last one.
   */
  public static final Architecture MEDIUM =
      new Architecture(
          "narrow-medium",
          128,
          List.of(
              new Architecture.Block(4, 3, 16, true),
              new Architecture.Block(4, 3, 16, true),
              new Architecture.Block(1, 0, 16, false),
              new Architecture.Block(3, 1, 16, false),
              new Architecture.Block(4, 0, 16, false),
              new Architecture.Block(1, 0, 16, false)),
          List.of(
              new Architecture.Block(4, 3, 16, true),
              new Architecture.Block(4, 3, 16, true),
              new Architecture.Block(1, 0, 16, false),
              new Architecture.Block(3, 1, 16, false),
              new Architecture.Block(4, 0, 32, false),
              new Architecture.Block(1, 0, 32, false)),
          List.of(4, 4, 6, 6, 6),
          4,
          16,
          new Architecture.Recipe(1e-3, 1e-3, 0, 0.2, 1));

  private NarrowNetworks() {}
}
