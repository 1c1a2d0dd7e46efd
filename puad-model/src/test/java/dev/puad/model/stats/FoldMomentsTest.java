package dev.puad.model.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;

class FoldMomentsTest {

  private static final int DIMENSION = 6;
  private static final int FOLDS = 4;
  private static final double[][] VECTORS = vectors();

  @Test
  void aGaussianWithoutAFoldIsThatOfAFitFromScratch() {
    double[] probe = new Random(5).doubles(DIMENSION).toArray();
    for (int fold = 0; fold < FOLDS; fold++) {
      VectorMoments others = new VectorMoments();
      for (int i = 0; i < VECTORS.length; i++) {
        if (i % FOLDS != fold) {
          others.add(VECTORS[i]);
        }
      }
      Gaussian scratch = Gaussian.fit(others);
      Gaussian merged = Gaussian.fit(part(0, VECTORS.length).without().get(fold));
      LargestEntry.assertClose(merged.mean(), scratch.mean(), 1e-12);
      LargestEntry.assertClose(
          new double[] {merged.mahalanobis(probe)},
          new double[] {scratch.mahalanobis(probe)},
          1e-9);
    }
  }

  @Test
  void allIsEveryVectorOnce() {
    VectorMoments expected = new VectorMoments();
    for (double[] vector : VECTORS) {
      expected.add(vector);
    }
    assertSame(part(0, VECTORS.length).all(), expected);
  }

  @Test
  void leavingAFoldOutChangesNothing() {
    FoldMoments moments = part(0, VECTORS.length);
    moments.without().forEach(without -> without.add(VECTORS[0]));
    moments.all().add(VECTORS[0]);
    assertSame(moments, part(0, VECTORS.length));
  }

  @Test
  void anEmptyStateIsTheIdentity() {
    FoldMoments whole = part(0, VECTORS.length);
    assertSame(new FoldMoments(FOLDS).mergeWith(whole), whole);
    assertSame(part(0, VECTORS.length).mergeWith(new FoldMoments(FOLDS)), whole);
  }

  @Test
  void mergingIsCommutative() {
    assertSame(
        part(0, 9).mergeWith(part(9, VECTORS.length)),
        part(9, VECTORS.length).mergeWith(part(0, 9)));
  }

  @Test
  void mergingIsAssociative() {
    assertSame(
        part(0, 2).mergeWith(part(2, 11)).mergeWith(part(11, VECTORS.length)),
        part(0, 2).mergeWith(part(2, 11).mergeWith(part(11, VECTORS.length))));
  }

  @Test
  void everySplitEqualsTheWhole() {
    for (int at = 0; at <= VECTORS.length; at++) {
      assertSame(part(0, at).mergeWith(part(at, VECTORS.length)), part(0, VECTORS.length));
    }
  }

  @Test
  void survivesSerialization() {
    assertSame(JavaSerialization.roundTrip(part(0, VECTORS.length)), part(0, VECTORS.length));
  }

  @Test
  void refusesOtherFolds() {
    assertThatThrownBy(() -> part(0, 3).mergeWith(new FoldMoments(FOLDS + 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("5 folds do not belong with 4.");
    assertThatThrownBy(() -> new FoldMoments(1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot fit across 1 folds.");
  }

  private static FoldMoments part(int from, int to) {
    FoldMoments moments = new FoldMoments(FOLDS);
    for (int i = from; i < to; i++) {
      moments.add(i % FOLDS, VECTORS[i]);
    }
    return moments;
  }

  private static double[][] vectors() {
    Random random = new Random(3);
    double[][] vectors = new double[17][DIMENSION];
    for (int k = 0; k < vectors.length; k++) {
      for (int i = 0; i < DIMENSION; i++) {
        vectors[k][i] = Math.exp(random.nextGaussian()) * (i + 1) + 0.3 * k;
      }
    }
    return vectors;
  }

  private static void assertSame(FoldMoments actual, FoldMoments expected) {
    assertSame(actual.all(), expected.all());
    for (int fold = 0; fold < FOLDS; fold++) {
      assertSame(actual.without().get(fold), expected.without().get(fold));
    }
  }

  private static void assertSame(VectorMoments actual, VectorMoments expected) {
    assertThat(actual.count()).isEqualTo(expected.count());
    LargestEntry.assertClose(actual.mean(), expected.mean(), 1e-12);
    LargestEntry.assertClose(actual.covariance(), expected.covariance(), 1e-12);
    LargestEntry.assertClose(
        new double[] {actual.meanFourthPower()}, new double[] {expected.meanFourthPower()}, 1e-12);
  }
}
