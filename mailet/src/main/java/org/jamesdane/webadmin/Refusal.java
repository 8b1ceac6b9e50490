/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.webadmin;

import java.time.Duration;
import java.util.Optional;

import org.apache.james.webadmin.utils.ErrorResponder.ErrorType;

/** A call that is answered with an error: one sentence that says what is wrong and what is allowed. */
public final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final int BAD_REQUEST = 400;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int LENGTH_REQUIRED = 411;
    private static final int PRECONDITION_FAILED = 412;
    private static final int TOO_LARGE = 413;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int UNAVAILABLE = 503;
    private static final int IN_DOUBT = 504;

    private final int status;
    private final ErrorType type;
    private final transient Optional<Duration> retryAfter;

    private Refusal(int status, ErrorType type, String sentence, Optional<Duration> retryAfter) {
        super(sentence, null, false, false);
        this.status = status;
        this.type = type;
        this.retryAfter = retryAfter;
    }

    private Refusal(int status, ErrorType type, String sentence) {
        this(status, type, sentence, Optional.empty());
    }

    /** 400: what was sent is not allowed. */
    public static Refusal badRequest(String sentence) {
        return new Refusal(BAD_REQUEST, ErrorType.INVALID_ARGUMENT, sentence);
    }

    /** 403: the caller may be somebody else than it seems. */
    public static Refusal forbidden(String sentence) {
        return new Refusal(FORBIDDEN, ErrorType.INVALID_ARGUMENT, sentence);
    }

    /** 404: what the path names is not there. */
    public static Refusal notFound(String sentence) {
        return new Refusal(NOT_FOUND, ErrorType.NOT_FOUND, sentence);
    }

    /** 409: it is not possible in the present state. */
    public static Refusal conflict(String sentence) {
        return new Refusal(CONFLICT, ErrorType.WRONG_STATE, sentence);
    }

    /** 411: a body without a length cannot be bounded. */
    public static Refusal lengthRequired(String sentence) {
        return new Refusal(LENGTH_REQUIRED, ErrorType.INVALID_ARGUMENT, sentence);
    }

    /** 412: what is to be changed is another than the call says. */
    public static Refusal preconditionFailed(String sentence) {
        return new Refusal(PRECONDITION_FAILED, ErrorType.WRONG_STATE, sentence);
    }

    /** 413: the body is too large. */
    public static Refusal tooLarge(String sentence) {
        return new Refusal(TOO_LARGE, ErrorType.INVALID_ARGUMENT, sentence);
    }

    /** 429: too often. */
    public static Refusal tooOften(String sentence, Duration retryAfter) {
        return new Refusal(TOO_MANY_REQUESTS, ErrorType.WRONG_STATE, sentence, Optional.of(retryAfter));
    }

    /** 503: something this server needs for it is out of order. */
    public static Refusal unavailable(String sentence) {
        return new Refusal(UNAVAILABLE, ErrorType.SERVER_ERROR, sentence);
    }

    /** 504: something this server needs for it has not said whether it is done. */
    public static Refusal inDoubt(String sentence) {
        return new Refusal(IN_DOUBT, ErrorType.SERVER_ERROR, sentence);
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    /** The kind of error, as webadmin names it. */
    public ErrorType type() {
        return type;
    }

    /** Sentence for what is wrong. */
    public String sentence() {
        return String.valueOf(getMessage());
    }

    /** Wait before the call may be tried again, where that is known. */
    Optional<Duration> retryAfter() {
        return retryAfter == null ? Optional.empty() : retryAfter;
    }
}
