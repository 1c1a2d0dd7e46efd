package dev.puad.model.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.puad.model.BadInputException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class VectorMomentsTest {

  private static final int DIMENSION = 7;
  private static final int COUNT = 23;
  private static final double[][] VECTORS = vectors();

  @Test
  void momentsFollowTheirDefinitions() {
    double[] mean = new double[DIMENSION];
    for (double[] vector : VECTORS) {
      for (int i = 0; i < DIMENSION; i++) {
        mean[i] += vector[i] / COUNT;
      }
    }
    double[] covariance = new double[DIMENSION * DIMENSION];
    double fourthPower = 0;
    for (double[] vector : VECTORS) {
      double squaredNorm = 0;
      for (int i = 0; i < DIMENSION; i++) {
        squaredNorm += Math.pow(vector[i] - mean[i], 2);
        for (int j = 0; j < DIMENSION; j++) {
          covariance[i * DIMENSION + j] += (vector[i] - mean[i]) * (vector[j] - mean[j]) / COUNT;
        }
      }
      fourthPower += squaredNorm * squaredNorm / COUNT;
    }
    VectorMoments moments = part(0, COUNT);
    assertThat(moments.count()).isEqualTo(COUNT);
    LargestEntry.assertClose(moments.mean(), mean, 1e-12);
    LargestEntry.assertClose(moments.covariance(), covariance, 1e-12);
    LargestEntry.assertClose(
        new double[] {moments.meanFourthPower()}, new double[] {fourthPower}, 1e-12);
  }

  @Test
  void anEmptyStateIsTheIdentity() {
    assertSame(new VectorMoments().mergeWith(part(0, COUNT)), part(0, COUNT));
    assertSame(part(0, COUNT).mergeWith(new VectorMoments()), part(0, COUNT));
  }

  @Test
  void mergingIsCommutative() {
    assertSame(part(0, 9).mergeWith(part(9, COUNT)), part(9, COUNT).mergeWith(part(0, 9)));
  }

  @Test
  void mergingIsAssociative() {
    assertSame(
        part(0, 2).mergeWith(part(2, 11)).mergeWith(part(11, COUNT)),
        part(0, 2).mergeWith(part(2, 11).mergeWith(part(11, COUNT))));
  }

  @Test
  void everySplitEqualsTheWhole() {
    for (int at = 0; at <= COUNT; at++) {
      assertSame(part(0, at).mergeWith(part(at, COUNT)), part(0, COUNT));
    }
  }

  @Test
  void distancesOfEverySplitEqualThoseOfTheWhole() {
    double[] probe = new Random(5).doubles(DIMENSION).toArray();
    double expected = Gaussian.fit(part(0, COUNT)).mahalanobis(probe);
    for (int at = 0; at <= COUNT; at++) {
      Gaussian split = Gaussian.fit(part(0, at).mergeWith(part(at, COUNT)));
      LargestEntry.assertClose(
          new double[] {split.mahalanobis(probe)}, new double[] {expected}, 1e-9);
    }
  }

  @Test
  void mergingLeavesTheOtherStateAsItIs() {
    VectorMoments other = part(9, COUNT);
    new VectorMoments().mergeWith(other).add(VECTORS[0]);
    assertSame(other, part(9, COUNT));
  }

  @Test
  void mergingAStateWithItselfCountsItTwice() {
    VectorMoments twice = part(0, COUNT);
    assertSame(twice.mergeWith(twice), part(0, COUNT).mergeWith(part(0, COUNT)));
  }

  @Test
  void survivesSerialization() {
    assertSame(JavaSerialization.roundTrip(part(0, COUNT)), part(0, COUNT));
  }

  @Test
  void refusesNanWithoutAddingAnything() {
    VectorMoments moments = part(0, 3);
    double[] broken = VECTORS[3].clone();
    broken[4] = Double.NaN;
    assertThatThrownBy(() -> moments.add(broken))
        .isInstanceOf(BadInputException.class)
        .hasMessage("Cannot use a feature vector with NaN at 4: train the network again.");
    assertSame(moments, part(0, 3));
  }

  @Test
  void refusesAnotherLength() {
    assertThatThrownBy(() -> part(0, 1).add(new double[3]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("A vector of length 3 does not belong with vectors of length 7.");
  }

  private static VectorMoments part(int from, int to) {
    VectorMoments moments = new VectorMoments();
    for (int i = from; i < to; i++) {
      moments.add(VECTORS[i]);
    }
    return moments;
  }

  /** Skewed, so that the third moments are not about 0, and drifting, so that the mean moves. */
  private static double[][] vectors() {
    Random random = new Random(3);
    double[][] vectors = new double[COUNT][DIMENSION];
    for (int k = 0; k < COUNT; k++) {
      double common = random.nextGaussian();
      for (int i = 0; i < DIMENSION; i++) {
        vectors[k][i] = Math.exp(random.nextGaussian()) * (i + 1) + common + 0.3 * k;
      }
    }
    return vectors;
  }

  private static void assertSame(VectorMoments actual, VectorMoments expected) {
    assertThat(actual.count()).isEqualTo(expected.count());
    LargestEntry.assertClose(actual.mean(), expected.mean(), 1e-12);
    LargestEntry.assertClose(actual.covariance(), expected.covariance(), 1e-12);
    LargestEntry.assertClose(
        new double[] {actual.meanFourthPower()}, new double[] {expected.meanFourthPower()}, 1e-12);
  }
}
