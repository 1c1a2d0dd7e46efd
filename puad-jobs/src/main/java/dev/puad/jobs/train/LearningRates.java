package dev.puad.jobs.train;

import dev.puad.model.network.Architecture;

/** Adam's learning rate as steps go by. */
public interface LearningRates {

  /**
   * The rate of a round.
   *
   * @param done steps before it
   * @param steps of the whole training
   */
  double at(int done, int steps);

  /**
   * A step before which a round has to end, since the rate changes there.
   *
   * @param done steps before the round
   */
  int constantUntil(int done, int steps);

  /** EfficientAD's: lower for the last 5 % of the steps (appendix A.1). */
  static LearningRates dropping(Architecture.Recipe recipe) {
    return new Dropping(recipe.learningRate(), recipe.finalLearningRate());
  }

  /** One rate. */
  static LearningRates constant(double rate) {
    return new Dropping(rate, rate);
  }

  /** Half a cosine, from a rate to 0, a step of the stairs a round. */
  static LearningRates cosine(double rate) {
    return new Cosine(rate);
  }

  /**
   * A rate that changes once.
   *
   * @param first until 95 % of the steps
   * @param last from there on
   */
  record Dropping(double first, double last) implements LearningRates {

    private static final double SHARE = 0.95;

    @Override
    public double at(int done, int steps) {
      return done < drop(steps) ? first : last;
    }

    /** Without a change no round needs to end. */
    @Override
    public int constantUntil(int done, int steps) {
      return done < drop(steps) ? drop(steps) : steps;
    }

    private int drop(int steps) {
      return first == last ? steps : Math.max(1, (int) (SHARE * steps));
    }
  }

  /** A rate that falls all the time. */
  record Cosine(double first) implements LearningRates {

    @Override
    public double at(int done, int steps) {
      return first * (1 + Math.cos(Math.PI * done / steps)) / 2;
    }

    @Override
    public int constantUntil(int done, int steps) {
      return steps;
    }
  }
}
