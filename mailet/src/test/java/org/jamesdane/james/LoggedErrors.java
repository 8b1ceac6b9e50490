/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.util.List;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.slf4j.LoggerFactory;

/** Sentences that a class logs as errors while a test listens. */
final class LoggedErrors implements AutoCloseable {
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger;

    LoggedErrors(Class<?> by) {
        logger = (Logger) LoggerFactory.getLogger(by);
        log.start();
        logger.addAppender(log);
    }

    List<String> sentences() {
        return List.copyOf(log.list).stream().filter(event -> event.getLevel() == Level.ERROR).map(ILoggingEvent::getFormattedMessage)
            .toList();
    }

    @Override
    public void close() {
        logger.detachAppender(log);
    }
}
