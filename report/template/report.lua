-- Both writings of the report pass through this filter.

local for_print = FORMAT:match("typst") ~= nil

-- Text from a notebook or a respondent is data: HTML in it is shown, not obeyed.
function RawInline(inline)
  if inline.format == "html" then
    if inline.text:match("^<!%-%-") then return {} end
    return pandoc.Str(inline.text)
  end
end

function RawBlock(block)
  if block.format == "html" then
    if block.text:match("^%s*<!%-%-") then return {} end
    return pandoc.Para({ pandoc.Str(block.text) })
  end
end

local function wrapped(before, content, after)
  local blocks = pandoc.Blocks({ pandoc.RawBlock("typst", before) })
  blocks:extend(content)
  blocks:insert(pandoc.RawBlock("typst", after))
  return blocks
end

function Div(div)
  local number = div.attributes.number
  if div.classes:includes("equation") and number then
    if for_print then
      return wrapped('#report-equation("' .. number .. '")[', div.content,
        "] <" .. div.identifier .. ">")
    end
    div.content:insert(pandoc.Plain({ pandoc.Span(number, { class = "equation-number" }) }))
    div.attributes.number = nil
    return div
  end
  if for_print and (div.classes:includes("note") or div.classes:includes("takeaways")) then
    return wrapped("#report-note[", div.content, "]")
  end
end

function Span(span)
  if for_print and span.classes:includes("data-note") then
    local inlines = pandoc.Inlines({ pandoc.RawInline("typst", "#data-note[") })
    inlines:extend(span.content)
    inlines:insert(pandoc.RawInline("typst", "]"))
    return inlines
  end
end

-- References within the report keep their place; a link without one would stop typst.
function Link(link)
  if for_print and link.classes:includes("reference") then
    link.classes = {}
    return link
  end
end

-- Tables written in Markdown get the look of the others.
function Table(table)
  if for_print then return nil end
  return pandoc.Div({ table }, { class = "scroll", tabindex = "0", role = "group", ["aria-label"] = "Table" })
end

-- A listener hears of an equation how TeX writes it.
function Math(math)
  if not for_print then return nil end
  local written = pandoc.write(pandoc.Pandoc({ pandoc.Plain({ math }) }), "typst"):gsub("%s+$", "")
  local alt = math.text:gsub("\\", "\\\\"):gsub('"', '\\"'):gsub("%s+", " ")
  return pandoc.RawInline("typst", '#spoken("' .. alt .. '", ' .. written .. ");")
end
