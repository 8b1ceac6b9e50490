/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.webadmin;

import java.util.LinkedHashMap;
import java.util.Map;

/** The answer to a call that was done. */
public sealed interface Reply {

    /** The HTTP status. */
    int status();

    /** The headers, besides the Content-Type. */
    default Map<String, String> headers() {
        return Map.of();
    }

    /** This reply with the entity tag of what it shows or has made, RFC 9110 §8.8.3. */
    default Reply tagged(String tag) {
        return new WithHeaders(this, Map.of("ETag", "\"" + tag + "\""));
    }

    /**
     * 200 with JSON.
     *
     * @param tree maps, collections, texts, numbers and booleans
     */
    record Json(Object tree) implements Reply {
        /** Begins the tree of an answer that is about one node alone. */
        static Map<String, Object> treeOfNode(String node) {
            Map<String, Object> tree = new LinkedHashMap<>();
            tree.put("scope", "this node");
            tree.put("node", node);
            return tree;
        }

        @Override
        public int status() {
            return 200;
        }
    }

    /** 200 with a text of another kind, {@code text/csv} for instance. */
    record Text(String contentType, String text) implements Reply {
        @Override
        public int status() {
            return 200;
        }
    }

    /** 201 with the place of the task that does the work. */
    record TaskCreated(String taskId) implements Reply {
        @Override
        public int status() {
            return 201;
        }

        @Override
        public Map<String, String> headers() {
            return Map.of("Location", "/tasks/" + taskId);
        }

        Map<String, String> tree() {
            return Map.of("taskId", taskId);
        }
    }

    /** 204: done, or there was nothing to do. */
    record NoContent() implements Reply {
        @Override
        public int status() {
            return 204;
        }
    }

    /** Another reply with more headers. */
    record WithHeaders(Reply reply, Map<String, String> more) implements Reply {
        public WithHeaders {
            more = Map.copyOf(more);
        }

        @Override
        public int status() {
            return reply.status();
        }

        @Override
        public Map<String, String> headers() {
            Map<String, String> all = new LinkedHashMap<>(reply.headers());
            all.putAll(more);
            return all;
        }
    }
}
