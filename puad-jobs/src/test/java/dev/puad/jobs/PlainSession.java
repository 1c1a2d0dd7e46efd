package dev.puad.jobs;

import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** A Spark application that knows nothing of PUAD: prints the first row of a query's answer. */
public final class PlainSession {

  private PlainSession() {}

  public static void main(String[] args) {
    try (SparkSession spark = SparkSession.builder().getOrCreate()) {
      Row row = spark.sql(args[0]).first();
      System.out.println(row.mkString(" "));
    }
  }
}
