# Times the detectors of the R package surveillance on the series of a CSV file: label, processor seconds, series, weeks.
# Usage: OMP_NUM_THREADS=1 Rscript bench/surge_peer.R SERIES.csv FIRST LAST SMALL MEDIUM
# SMALL, MEDIUM: how many series the slow and the middling detectors get; the quick ones get all.
Sys.setlocale("LC_ALL", "C")
suppressMessages(library(surveillance))
words <- commandArgs(TRUE)
counts <- as.matrix(read.csv(words[1])[, -1])
weeks <- as.integer(words[2]):as.integer(words[3])
small <- as.integer(words[4]); medium <- as.integer(words[5])
all <- sts(counts, start = c(2010, 1), frequency = 52)

timed <- function(label, series, run) {
  part <- all[, 1:series]
  invisible(gc())
  took <- system.time(suppressWarnings(suppressMessages(capture.output(run(part)))))
  cat(sprintf("%s,%.4f,%d,%d\n", label, took[["user.self"]] + took[["sys.self"]], series, length(weeks)))
  flush.console()
}
everything <- ncol(counts)
for (method in c("C1", "C2", "C3"))
  timed(paste0("ears-", tolower(method)), everything, function(s) earsC(s, list(method = method, range = weeks)))
timed("cusum rossi", medium, function(s) cusum(s, list(range = weeks, k = 1.04, h = 2.26, trans = "rossi", m = NULL)))
timed("cusum rossi glm", medium, function(s) cusum(s, list(range = weeks, k = 1.04, h = 2.26, trans = "rossi", m = "glm")))
timed("bayes", medium, function(s) bayes(s, list(range = weeks, b = 0, w = 6, actY = TRUE, alpha = .05)))
timed("rki", medium, function(s) rki(s, list(range = weeks, b = 2, w = 4, actY = FALSE)))
timed("farrington", small, function(s) farrington(s, list(range = weeks, b = 5, w = 3, alpha = .05)))
timed("farrington-flexible delta P=1", small, function(s)
  farringtonFlexible(s, list(range = weeks, b = 5, w = 3, alpha = .01, thresholdMethod = "delta", glmWarnings = FALSE)))
timed("farrington-flexible nbPlugin P=10", small, function(s)
  farringtonFlexible(s, list(range = weeks, b = 5, w = 3, noPeriods = 10, pastWeeksNotIncluded = 26, alpha = .01,
    thresholdMethod = "nbPlugin", limit54 = c(0, 4), glmWarnings = FALSE)))
model <- list(S = 1, trend = TRUE, refit = FALSE)
timed("glr-poisson", medium, function(s)
  glrnb(s, list(range = weeks, c.ARL = 5, alpha = 0, mu0 = model, change = "intercept", ret = "value", M = -1)))
timed("glr-nb M=52", medium, function(s)
  glrnb(s, list(range = weeks, c.ARL = 5, alpha = .15, mu0 = model, change = "intercept", ret = "value", M = 52)))
timed("outbreakp", small, function(s) outbreakP(s, list(range = weeks, k = 100, ret = "value")))
cat(sprintf("# %s, surveillance %s\n", R.version.string, packageVersion("surveillance")))
