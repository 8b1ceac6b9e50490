/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A take-over on a thread of its own, which outlives the call that asked for it. */
final class ImportRun {
    private final TakeOver.Progress progress;
    private final FutureTask<TakeOver.Result> work;

    private ImportRun(TakeOver.Progress progress, FutureTask<TakeOver.Result> work) {
        this.progress = progress;
        this.work = work;
    }

    static ImportRun start(TakeOver.Progress progress, Callable<TakeOver.Result> work) {
        ImportRun run = new ImportRun(progress, new FutureTask<>(work));
        Thread thread = new Thread(run.work, "dane-import");
        thread.setDaemon(true);
        thread.start();
        return run;
    }

    /**
     * Waits for its end, but not for long.
     *
     * @return true if it has ended
     * @throws IOException if it failed
     */
    boolean await(Duration patience) throws IOException {
        try {
            work.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IOException(String.valueOf(e.getCause() == null ? e.getMessage() : e.getCause().getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    TakeOver.Progress progress() {
        return progress;
    }
}
