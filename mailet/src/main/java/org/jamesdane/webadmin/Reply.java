/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.webadmin;

import java.util.Map;

/** What a call is answered with. */
public sealed interface Reply {

    /**
     * 200 with JSON.
     *
     * @param tree maps, collections, texts, numbers and booleans
     */
    record Json(Object tree) implements Reply {
    }

    /** 200 with a text of another kind, {@code text/csv} for instance. */
    record Text(String contentType, String text) implements Reply {
    }

    /** 201 with the place of the task that does the work. */
    record TaskCreated(String taskId) implements Reply {
        Map<String, String> tree() {
            return Map.of("taskId", taskId);
        }
    }

    /** 204: done, or there was nothing to do. */
    record NoContent() implements Reply {
    }
}
