/**
 * The method, free of Spark and Hadoop: it runs in a unit test, an executor and a notebook alike.
 */
package dev.puad.model;
