# The onset model of Twofold as one mixed model for everybody, by glmmTMB.
# Rscript bench/r/glmmtmb.R days.csv answers.csv
#
# days.csv: person, began (0/1), covariates n*, factors x* (per SD of each person; 0 where unknown).
# Fixed effects for all; for each person an intercept and a slope of every x*, without correlations.

# Processor time, so that a busy machine slows nobody.
now <- function() sum(proc.time()[c("user.self", "sys.self")])
started <- now()
suppressPackageStartupMessages(library(glmmTMB))
files <- commandArgs(trailingOnly = TRUE)
days <- read.csv(files[1])
days$person <- factor(days$person)

everywhere <- grep("^[nx]", names(days), value = TRUE)
varying <- grep("^x", names(days), value = TRUE)
model <- as.formula(paste(
  "began ~", paste(everywhere, collapse = " + "),
  "+ diag(1 +", paste(varying, collapse = " + "), "| person)"
))

read_in <- now()
fitted <- suppressWarnings(glmmTMB(model, data = days, family = binomial))
slopes <- coef(fitted)$cond$person[, varying, drop = FALSE]
done <- now()

write.csv(cbind(person = rownames(slopes), slopes), files[2], row.names = FALSE)
cat(sprintf(
  '{"seconds_fit": %.3f, "seconds_start": %.3f, "converged": %s, "version": "%s", "R": "%s"}\n',
  done - read_in, read_in - started,
  ifelse(fitted$fit$convergence == 0 && isTRUE(fitted$sdr$pdHess), "true", "false"),
  as.character(packageVersion("glmmTMB")), paste(R.version$major, R.version$minor, sep = ".")
))
