/** Deadlines for work that can't be trusted to end. What computes without a pause is not interrupted by them. */

export const TIMED_OUT = Symbol("timed out");

/** Give the work's result, or `TIMED_OUT` when it takes longer; the work itself goes on unheard. */
export async function withinDeadline<Result>(
  work: Promise<Result>,
  deadlineMs: number,
): Promise<Result | typeof TIMED_OUT> {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const deadline = new Promise<typeof TIMED_OUT>((resolve) => {
    timer = setTimeout(() => {
      resolve(TIMED_OUT);
    }, deadlineMs);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
