/**
 * DataFrame steps: list, decode, score, evaluate. Each step is a static function from Dataset to
 * Dataset over a named partition function; a job strings steps together and commits the result.
 */
package dev.puad.jobs.pipeline;
