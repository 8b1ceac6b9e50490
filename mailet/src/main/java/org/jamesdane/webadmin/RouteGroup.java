/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.webadmin;

import java.util.List;

/** A group of related operations under {@code /dane}. Bound in the module's set of groups, which makes them available. */
public interface RouteGroup {
    /** Operations that the group offers; the same on every call. */
    List<Endpoint> endpoints();
}
