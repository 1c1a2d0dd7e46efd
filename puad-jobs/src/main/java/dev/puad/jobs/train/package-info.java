/**
 * Training: teacher statistics, averaging rounds that the driver drives, and calibration. The same
 * seed and number of workers give the same bits, whatever the number of executors.
 */
package dev.puad.jobs.train;
