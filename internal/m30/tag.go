package m30

// startTag reads <name attributes> or <name attributes/>, with its namespace
// declarations, and opens the element.
func (t *tokenizer) startTag() error {
	s, at := t.s, t.pos
	end, colon, err := t.name(at+1, "a name")
	if err != nil {
		return err
	}
	if len(t.stack) == 0 && t.count > 0 {
		return t.syntax(at, "a second element after the end of the first")
	}
	if t.count++; t.count > t.limits.Elements {
		return t.fail(ErrTooLarge, at, "more than %d elements", t.limits.Elements)
	}
	if len(t.stack)+t.above >= t.limits.Depth {
		return t.fail(ErrDepth, at, "more than %d elements deep", t.limits.Depth)
	}
	t.raw = s[at+1 : end]
	t.stack = append(t.stack, open{t.raw, len(t.scope), t.deflt})
	t.attrs = t.attrs[:0]
	prefixed := 0
	i := end
	for {
		space := i
		for i < len(s) && class[s[i]]&isSpace != 0 {
			i++
		}
		if i >= len(s) {
			return t.cut("the tag <" + t.raw + ">")
		}
		if s[i] == '>' {
			t.pos = i + 1
			break
		}
		if s[i] == '/' {
			if i+1 >= len(s) {
				return t.cut("the tag <" + t.raw + ">")
			}
			if s[i+1] != '>' {
				return t.syntax(i, "/ in the tag <%s> is not followed by >", t.raw)
			}
			t.pos, t.empty = i+2, true
			break
		}
		if i == space {
			return t.syntax(i, "no white space before %s in the tag <%s>", quote(s[i:i+1]), t.raw)
		}
		var p bool
		if i, p, err = t.attribute(i); err != nil {
			return err
		}
		if p {
			prefixed++
		}
	}
	if t.local, t.space = t.raw, t.deflt; colon >= 0 {
		b, err := t.resolve(s[at+1:colon], at)
		if err != nil {
			return err
		}
		t.local, t.space = s[colon+1:end], b.space
	}
	if prefixed > 0 {
		return t.resolveAttributes(at)
	}
	return nil
}

// attribute reads name="value" at i and returns where it ends and whether the
// name has a prefix to resolve.
func (t *tokenizer) attribute(i int) (next int, prefixed bool, err error) {
	s, at := t.s, i
	end, colon, err := t.name(i, "an attribute")
	if err != nil {
		return 0, false, err
	}
	raw := s[at:end]
	for i = end; i < len(s) && class[s[i]]&isSpace != 0; i++ {
	}
	if i < len(s) && s[i] != '=' {
		return 0, false, t.syntax(i, "attribute %s of <%s> has no value", raw, t.raw)
	}
	for i++; i < len(s) && class[s[i]]&isSpace != 0; i++ {
	}
	if i >= len(s) {
		return 0, false, t.cut("the tag <" + t.raw + ">")
	}
	if s[i] != '"' && s[i] != '\'' {
		return 0, false, t.syntax(i, "the value of attribute %s of <%s> is not in quotes", raw, t.raw)
	}
	value, i, err := t.value(i)
	if err != nil {
		return 0, false, err
	}
	own := t.scope[t.stack[len(t.stack)-1].mark:]
	if len(t.attrs)+len(own) >= t.limits.Attributes {
		return 0, false, t.fail(ErrTooLarge, at, "more than %d attributes in <%s>", t.limits.Attributes, t.raw)
	}
	if colon < 0 && raw == "xmlns" {
		return i, false, t.declare("", value, at)
	}
	local := raw
	if colon >= 0 {
		if local = s[colon+1 : end]; s[at:colon] == "xmlns" {
			return i, false, t.declare(local, value, at)
		}
	}
	for k := range t.attrs {
		if t.attrs[k].raw == raw {
			return 0, false, t.syntax(at, "attribute %s stands twice in <%s>", raw, t.raw)
		}
	}
	t.attrs = append(t.attrs, attr{raw: raw, local: local, value: value})
	return i, colon >= 0, nil
}

// declare brings a namespace declaration into scope.
func (t *tokenizer) declare(prefix, uri string, at int) error {
	for _, b := range t.scope[t.stack[len(t.stack)-1].mark:] {
		if b.prefix == prefix {
			return t.syntax(at, "namespace prefix %s is declared twice in <%s>", quote(prefix), t.raw)
		}
	}
	switch {
	case prefix == "xmlns" || (prefix == "xml") != (uri == uriXML) || uri == uriXMLNS:
		return t.syntax(at, "namespace prefix %s cannot be %s", quote(prefix), quote(uri))
	case prefix != "" && uri == "":
		return t.syntax(at, "namespace prefix %s is declared empty", quote(prefix))
	case len(t.scope) >= t.limits.Namespaces:
		return t.fail(ErrTooLarge, at, "more than %d namespace declarations in scope", t.limits.Namespaces)
	}
	b := binding{prefix, uri, spaceOf(uri)}
	t.scope = append(t.scope, b)
	if prefix == "" {
		t.deflt = b.space
	}
	return nil
}

func (t *tokenizer) resolve(prefix string, at int) (binding, error) {
	for i := len(t.scope) - 1; i >= 0; i-- {
		if t.scope[i].prefix == prefix {
			return t.scope[i], nil
		}
	}
	if prefix == "xml" {
		return binding{prefix, uriXML, spaceOther}, nil
	}
	return binding{}, t.syntax(at, "namespace prefix %s is not declared", quote(prefix))
}

// resolveAttributes finds the namespaces of prefixed attributes, of which no
// two may have the same name.
func (t *tokenizer) resolveAttributes(at int) error {
	for i := range t.attrs {
		a := &t.attrs[i]
		if len(a.raw) == len(a.local) {
			continue
		}
		b, err := t.resolve(a.raw[:len(a.raw)-len(a.local)-1], at)
		if err != nil {
			return err
		}
		a.uri = b.uri
		for _, o := range t.attrs[:i] {
			if o.local == a.local && o.uri == a.uri {
				return t.syntax(at, "attributes %s and %s of <%s> are the same", o.raw, a.raw, t.raw)
			}
		}
	}
	return nil
}
