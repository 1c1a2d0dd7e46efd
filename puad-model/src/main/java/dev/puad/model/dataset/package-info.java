/**
 * Data sets: the folder layouts of MVTec LOCO AD and MVTec AD, their splits and ground truths, and
 * the black-circle toy set. Everything works on relative paths, so any file system can list them.
 */
package dev.puad.model.dataset;
