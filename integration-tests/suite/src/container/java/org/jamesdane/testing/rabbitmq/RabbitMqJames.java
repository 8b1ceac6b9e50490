/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.rabbitmq;

import java.nio.file.Path;

import org.apache.james.ExtraProperties;
import org.apache.james.FakeSearchMailboxModule;
import org.apache.james.JamesServerMain;
import org.apache.james.MemoryJamesConfiguration;
import org.apache.james.MemoryJamesServerMain;

/** James with everything in memory but its queues, which a RabbitMQ keeps, and the messages in them, which a directory keeps. */
public final class RabbitMqJames {
    private RabbitMqJames() {
    }

    /** Starts it in the working directory that the property names. */
    public static void main(String[] args) throws Exception {
        ExtraProperties.initialize();
        MemoryJamesConfiguration configuration = MemoryJamesConfiguration.builder().useWorkingDirectoryEnvProperty().build();
        JamesServerMain.main(MemoryJamesServerMain.createServer(configuration)
            .combineWith(new FakeSearchMailboxModule())
            .overrideWith(new RabbitMqModule(Path.of(System.getProperty("blobs.directory")))));
    }
}
